//! Previews: the effect of a change, computed before anything is written.

pub(super) mod card;
mod change_form;
pub(super) mod client_data;
mod flag_operation;

pub(super) use self::change_form::{ChangeForm, Operation, denied};
pub(super) use self::flag_operation::FlagOperation;

use std::time::SystemTime;

use feats::describe::{FirstDifferences, first_differences};
use feats::impact::{Flow, Impact, flows};
use feats::model::{State, Timestamp};
use feats::warnings::{Warning, warnings};
use feats::{Error, ErrorKind, IncompatibleInstance, Problem};

use super::components::MAX_DIFFERENCES;
use super::request_context::RequestContext;

/// The effect of a change.
pub(super) struct Preview {
    /// The state with its seeds and slots, as it would be stored.
    pub(super) after: State,
    pub(super) impact: Impact,
    pub(super) differences: FirstDifferences,
    pub(super) flows: Vec<Flow>,
    pub(super) warnings: Vec<Warning>,
    /// Running instances that would quarantine the state.
    pub(super) incompatible_instances: Vec<IncompatibleInstance>,
}

/// The outcome of a preview.
pub(super) enum PreviewOutcome {
    /// The change would have this effect.
    Preview(Box<Preview>),
    /// The change is invalid.
    Problems(Vec<Problem>),
    /// Another version was published in the meantime.
    Conflict(Error),
    /// The user may not publish the change.
    Denied,
    /// The preview failed.
    Failed(Error),
}

impl PreviewOutcome {
    pub(super) async fn compute(context: &RequestContext, form: &ChangeForm) -> Self {
        match Preview::compute(context, form).await {
            Ok(preview) => PreviewOutcome::Preview(Box::new(preview)),
            Err(error) => error.into(),
        }
    }

    pub(super) fn preview(&self) -> Option<&Preview> {
        match self {
            PreviewOutcome::Preview(preview) => Some(preview),
            _ => None,
        }
    }
}

impl From<Error> for PreviewOutcome {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Conflict => PreviewOutcome::Conflict(error),
            ErrorKind::Invalid if !error.problems().is_empty() => PreviewOutcome::Problems(error.problems().to_vec()),
            ErrorKind::Denied => PreviewOutcome::Denied,
            _ => PreviewOutcome::Failed(error),
        }
    }
}

impl Preview {
    async fn compute(context: &RequestContext, form: &ChangeForm) -> Result<Self, Error> {
        let before = form.feature.state();
        let feats::Preview { state: after, impact, incompatible_instances, .. } =
            form.to_change(context)?.preview().await?;
        let declaration = form.feature.declaration();
        let now = Timestamp::from(SystemTime::now());
        Ok(Self {
            differences: first_differences(&before, &after, now, MAX_DIFFERENCES),
            flows: flows(&before, &after, &impact, declaration.default_implementation(), now),
            warnings: warnings(&after, declaration, now),
            impact,
            incompatible_instances,
            after,
        })
    }

    /// Returns `true` if publishing would change only the version.
    pub(super) fn is_empty(&self) -> bool {
        self.differences.total == 0
    }
}
