//! The origin of a feature: code, or run time.

use feats::model::Declaration;
use feats::text::counted;
use serde::Deserialize;

use crate::summaries::Summary;

/// The origin of a feature, by which the list is filtered.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum Origin {
    /// Code declares it.
    Code,
    /// A flag that is not archived.
    Flag,
    /// An archived flag.
    Archived,
}

/// The number of features of each origin.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct OriginCounts {
    code: usize,
    flags: usize,
    archived: usize,
}

impl Origin {
    pub(super) const ALL: [Origin; 3] = [Origin::Code, Origin::Flag, Origin::Archived];

    pub(super) fn new(declaration: &Declaration, summary: &Summary) -> Self {
        match (declaration.flag, summary.flag) {
            (false, _) => Origin::Code,
            (true, Some(flag)) if flag.archived => Origin::Archived,
            (true, _) => Origin::Flag,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Origin::Code => "code",
            Origin::Flag => "flag",
            Origin::Archived => "archived",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Origin::Code => "In code",
            Origin::Flag => "Flags",
            Origin::Archived => "Archive",
        }
    }

    /// Returns `true` if a list with this filter contains features of the other origin. Without a filter, it has all but the archive.
    pub(super) fn includes(filter: Option<Origin>, other: Origin) -> bool {
        match filter {
            Some(origin) => origin == other,
            None => other != Origin::Archived,
        }
    }
}

impl OriginCounts {
    pub(super) fn add(&mut self, origin: Origin) {
        match origin {
            Origin::Code => self.code += 1,
            Origin::Flag => self.flags += 1,
            Origin::Archived => self.archived += 1,
        }
    }

    /// Returns the number of features in a list with this filter.
    pub(super) fn of(&self, filter: Option<Origin>) -> usize {
        match filter {
            None => self.code + self.flags,
            Some(Origin::Code) => self.code,
            Some(Origin::Flag) => self.flags,
            Some(Origin::Archived) => self.archived,
        }
    }

    /// Returns `true` if there are flags, archived or not.
    pub(super) fn has_flags(&self) -> bool {
        self.flags + self.archived > 0
    }

    /// Returns the number with its noun: `8 features and 1 flag`.
    pub(super) fn label(&self, filter: Option<Origin>) -> String {
        match filter {
            Some(Origin::Code) => counted(self.code, "feature"),
            Some(Origin::Flag) => counted(self.flags, "flag"),
            Some(Origin::Archived) => counted(self.archived, "archived flag"),
            None if self.flags == 0 => counted(self.code, "feature"),
            None if self.code == 0 => counted(self.flags, "flag"),
            None => format!("{} and {}", counted(self.code, "feature"), counted(self.flags, "flag")),
        }
    }
}
