//! Reports of imports.

use std::fmt;

/// The report of an import.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportReport {
    pub(super) flag: String,
    pub(super) outcome: ImportOutcome,
    pub(super) share: Option<f64>,
    pub(super) decisions: Vec<ImportDecision>,
}

/// The effect of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImportOutcome {
    /// The flag was created.
    Created,
    /// The flag was replaced.
    Updated,
    /// The flag is as the original; nothing was written.
    Unchanged,
}

/// A difference between a flag and its original, or a choice that the import made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportDecision {
    kind: ImportDecisionKind,
    message: String,
}

/// The kind of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImportDecisionKind {
    /// The flag has conditions, so its bucketer was left out.
    BucketerIgnored,
    /// The bucketer decides for those whom no condition covers, other than in the original's code.
    BucketerAfterConditions,
    /// A ramp is under way or has not started: it goes on in steps, or gradually.
    RampUnderWay,
    /// A ramp has not started. The original's share is then less than that at its start.
    RampNotStarted,
    /// A ramp falls. It was imported as the share of now.
    RampFalls,
    /// A ramp has no start. It was imported as the share at its beginning.
    RampWithoutStart,
    /// A percentage was rounded to four decimals.
    PercentageRounded,
    /// Members of a list that nothing can equal were left out.
    MembersDropped,
    /// A check was left out, because a later one has the same variable and operator.
    CheckDropped,
    /// A number of the client data became a 64-bit float.
    NumberRounded,
    /// The flag is pinned here, and stays so.
    PinKept,
}

impl ImportReport {
    /// Returns the name of the flag.
    pub fn flag(&self) -> &str {
        &self.flag
    }

    /// Returns the effect of the import; of a preview, the effect that it would have.
    pub fn outcome(&self) -> ImportOutcome {
        self.outcome
    }

    /// Returns the share of subjects whom the bucketer of the imported flag admits now, in percent; `None` without a bucketer.
    pub fn share(&self) -> Option<f64> {
        self.share
    }

    /// Returns the differences from the original and the choices that the import made.
    pub fn decisions(&self) -> &[ImportDecision] {
        &self.decisions
    }
}

impl ImportOutcome {
    /// Returns the name: `created`, `updated`, `unchanged`.
    pub fn as_str(self) -> &'static str {
        match self {
            ImportOutcome::Created => "created",
            ImportOutcome::Updated => "updated",
            ImportOutcome::Unchanged => "unchanged",
        }
    }
}

impl ImportDecision {
    pub(super) fn new(kind: ImportDecisionKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Returns the kind.
    pub fn kind(&self) -> ImportDecisionKind {
        self.kind
    }

    /// Returns the message for people: what differs, and what else could be done.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl ImportDecisionKind {
    /// Returns the name: `bucketer_ignored`, `ramp_under_way`.
    pub fn as_str(self) -> &'static str {
        match self {
            ImportDecisionKind::BucketerIgnored => "bucketer_ignored",
            ImportDecisionKind::BucketerAfterConditions => "bucketer_after_conditions",
            ImportDecisionKind::RampUnderWay => "ramp_under_way",
            ImportDecisionKind::RampNotStarted => "ramp_not_started",
            ImportDecisionKind::RampFalls => "ramp_falls",
            ImportDecisionKind::RampWithoutStart => "ramp_without_start",
            ImportDecisionKind::PercentageRounded => "percentage_rounded",
            ImportDecisionKind::MembersDropped => "members_dropped",
            ImportDecisionKind::CheckDropped => "check_dropped",
            ImportDecisionKind::NumberRounded => "number_rounded",
            ImportDecisionKind::PinKept => "pin_kept",
        }
    }
}

impl fmt::Display for ImportOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ImportDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for ImportDecisionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
