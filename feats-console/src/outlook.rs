//! Outlooks: what publishing a proposal would do, worked out before anything is written.

use std::time::SystemTime;

use feats::describe::{FirstDifferences, first_differences};
use feats::impact::{Flow, Impact, flows};
use feats::model::{State, Timestamp};
use feats::warnings::{Warning, warnings};
use feats::{Error, ErrorKind, Problem, Unknowing};

use super::components::MAX_DIFFERENCES;
use super::proposal::Proposal;
use super::request_context::RequestContext;

/// What would happen.
pub(super) struct Outlook {
    /// The state with its seeds and slots, as it would be stored.
    pub(super) after: State,
    pub(super) impact: Impact,
    pub(super) differences: FirstDifferences,
    pub(super) flows: Vec<Flow>,
    pub(super) warnings: Vec<Warning>,
    /// Running programs that do not know a choice.
    pub(super) unknowing: Vec<Unknowing>,
}

/// What can be said of a proposal.
pub(super) enum Foreseen {
    /// This would happen.
    Outlook(Box<Outlook>),
    /// It cannot be published: this is wrong with it.
    Problems(Vec<Problem>),
    /// Somebody published in between.
    Conflict(Error),
    /// The user may not publish it.
    Denied,
    /// It cannot be said.
    Failed(Error),
}

impl Foreseen {
    pub(super) async fn of(context: &RequestContext, proposal: &Proposal) -> Self {
        match Outlook::of(context, proposal).await {
            Ok(outlook) => Foreseen::Outlook(Box::new(outlook)),
            Err(error) => error.into(),
        }
    }

    pub(super) fn outlook(&self) -> Option<&Outlook> {
        match self {
            Foreseen::Outlook(outlook) => Some(outlook),
            _ => None,
        }
    }
}

impl From<Error> for Foreseen {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Conflict => Foreseen::Conflict(error),
            ErrorKind::Invalid if !error.problems().is_empty() => Foreseen::Problems(error.problems().to_vec()),
            ErrorKind::Denied => Foreseen::Denied,
            _ => Foreseen::Failed(error),
        }
    }
}

impl Outlook {
    async fn of(context: &RequestContext, proposal: &Proposal) -> Result<Self, Error> {
        let before = proposal.feature.state();
        let foresight = proposal.change(context).foresee().await?;
        let (after, impact, unknowing) = (foresight.state, foresight.impact, foresight.unknown_to);
        let declaration = proposal.feature.declaration();
        let now = Timestamp::from(SystemTime::now());
        Ok(Self {
            differences: first_differences(&before, &after, now, MAX_DIFFERENCES),
            flows: flows(&before, &after, &impact, declaration.default_implementation(), now),
            warnings: warnings(&after, declaration, now),
            impact,
            unknowing,
            after,
        })
    }

    /// Whether publishing would change nothing but the version.
    pub(super) fn is_empty(&self) -> bool {
        self.differences.total == 0
    }
}
