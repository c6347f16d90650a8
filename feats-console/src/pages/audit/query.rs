//! The query of the audit, and positions in it.

use std::fmt;
use std::str::FromStr;

use feats::model::Timestamp;
use serde::Deserialize;

/// The query parameters.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct AuditQuery {
    /// The name of a feature, or part of a name if no feature has exactly this name.
    pub(super) feature: String,
    /// Part of the author's name.
    pub(super) author: String,
    /// Part of the comment.
    pub(super) text: String,
    /// The position to start after.
    pub(super) before: Option<String>,
}

/// The position of a revision in the audit. Later positions are older, or of the same time and a later feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) time: Timestamp,
    pub(super) version: u64,
    pub(super) feature: String,
}

impl AuditQuery {
    /// The parameters of the query, without the position.
    pub(super) fn filters(&self) -> Vec<(&'static str, &str)> {
        let all = [("feature", &self.feature), ("author", &self.author), ("text", &self.text)];
        all.into_iter().map(|(name, value)| (name, value.as_str())).filter(|(_, value)| !value.is_empty()).collect()
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.time.as_millis(), self.version, self.feature)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, '.');
        let mut next = || parts.next().ok_or(());
        let time = next()?.parse().map_err(drop)?;
        let version = next()?.parse().map_err(drop)?;
        Ok(Self { time: Timestamp::from_millis(time), version, feature: next()?.to_owned() })
    }
}
