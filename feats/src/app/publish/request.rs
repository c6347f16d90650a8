//! The request of an author: one write to one feature, and its base.

use std::fmt;
use std::sync::Arc;

use crate::app::handle::FeatureHandle;
use crate::app::running::App;
use crate::error::{Problems, Result};
use crate::model::{Override, Rule, Selector, State, Value};
use crate::registry::Dynamic;
use crate::runtime::FeatureRevision;
use crate::tasks::Process;

/// One write to one feature, as requested by its author.
#[derive(Clone)]
pub(in crate::app) struct ChangeRequest {
    pub(in crate::app) feature: FeatureHandle<Dynamic>,
    pub(in crate::app) kind: ChangeKind,
    /// The newest revision that had arrived when the change was created.
    pub(in crate::app) seen: Option<Arc<FeatureRevision>>,
    /// The author; `None` for the program itself.
    pub(in crate::app) author: Option<String>,
    pub(in crate::app) comment: String,
    /// The version of the base, if it is not that of `seen`.
    pub(in crate::app) expected_version: Option<u64>,
    pub(in crate::app) confirmation: Confirmation,
    /// The source of the seeds of new rollouts.
    pub(super) entropy: u64,
    /// The name of the write for the [hook](super::hook).
    pub(in crate::app) tag: Option<&'static str>,
    /// The permission check.
    pub(in crate::app) authorize: Option<Arc<Authorize>>,
    /// `true` if seeds and slots that the base does not have are discarded.
    pub(in crate::app) is_untrusted: bool,
}

/// The kind of a change.
#[derive(Clone, Debug)]
pub(in crate::app) enum ChangeKind {
    Edit(Vec<EditStep>),
    Pin(Option<String>),
    RollbackTo {
        version: u64,
        /// `true` if the pin is removed; it is kept otherwise.
        unpins: bool,
    },
    Remove,
    /// A pin, a rollback or a removal combined with steps of an edit. This is a problem: they must be published one by one.
    Mixed,
}

/// One step of an edit.
#[derive(Clone, Debug)]
pub(in crate::app) enum EditStep {
    Rule(Box<Rule>),
    RemoveRule(String),
    MoveBefore(String, Option<String>),
    Otherwise(Option<Selector>),
    OverrideFor(Override),
    RemoveOverride { segment: String, values: Vec<Value<'static>> },
    Clear,
    Replace(Box<State>),
    Apply(Apply),
}

/// A step that a function applies.
#[derive(Clone)]
pub(in crate::app) struct Apply(pub(in crate::app) Arc<ApplyFn>);

type ApplyFn = dyn Fn(&mut State, &mut Problems) + Send + Sync;

/// The confirmations that the author has given.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::app) struct Confirmation {
    pub(in crate::app) allows_reshuffle: bool,
    pub(in crate::app) allows_incompatible: bool,
}

/// A change that is ready to be written: the argument of a [permission check](crate::Change::authorize).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PreparedWrite<'a> {
    /// The state of the base revision.
    pub base: &'a State,
    /// The state that would be written; `None` for a removal.
    pub result: Option<&'a State>,
}

type Authorize = dyn Fn(&PreparedWrite<'_>) -> Result<()> + Send + Sync;

impl ChangeRequest {
    pub(in crate::app) fn new(
        feature: FeatureHandle<Dynamic>,
        kind: ChangeKind,
        seen: Option<Arc<FeatureRevision>>,
    ) -> Self {
        Self {
            feature,
            kind,
            seen,
            author: None,
            comment: String::new(),
            expected_version: None,
            confirmation: Confirmation::default(),
            entropy: Process::current().rng().u64(..),
            tag: None,
            authorize: None,
            is_untrusted: false,
        }
    }

    pub(super) fn app(&self) -> &App {
        self.feature.app()
    }

    /// Returns the name of the author.
    pub(super) fn author(&self) -> &str {
        self.author.as_deref().unwrap_or(self.app().program())
    }

    /// Runs a computation on a separate thread. Pins and removals never wait for other changes.
    pub(super) async fn compute<T: Send + 'static>(
        self: &Arc<Self>,
        compute: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let is_limited = matches!(self.kind, ChangeKind::Edit(_) | ChangeKind::RollbackTo { .. });
        let request = self.clone();
        self.app().compute(is_limited, move || compute(&request)).await
    }
}

impl fmt::Debug for Apply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Apply")
    }
}

impl fmt::Debug for ChangeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeRequest")
            .field("feature", &self.feature)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
