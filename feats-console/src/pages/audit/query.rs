//! What somebody looks for in the audit, and where a page of it ends.

use std::fmt;
use std::str::FromStr;

use feats::model::Timestamp;
use serde::Deserialize;

/// What is looked for, as the address says it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct AuditQuery {
    /// The name of a feature; where none has it, part of a name.
    pub(super) feature: String,
    /// Part of the author's name.
    pub(super) author: String,
    /// Part of the comment.
    pub(super) text: String,
    /// Only what stands after this position.
    pub(super) before: Option<String>,
}

/// A place in the audit: that of a revision. The ones after it are older, or as old and of a feature further on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) time: Timestamp,
    pub(super) version: u64,
    pub(super) feature: String,
}

impl AuditQuery {
    /// What is looked for, without the position.
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
