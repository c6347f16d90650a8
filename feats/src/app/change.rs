//! Changes: one write, built on the revision that its author saw.

use std::fmt;
use std::sync::Arc;

use super::draft::{Draft, Step};
use super::handle::{FeatureHandle, Target};
use super::publish;
use crate::edit::{Choose, When};
use crate::error::Result;
use crate::impact::Impact;
use crate::model::{Override, Rule, State, Value};
use crate::registry::Segment;
use crate::runtime::Standing;
use crate::sync::Instance;
use crate::tasks::Process;
use crate::text::quoted;

/// One write to one feature, built on the revision that its author saw.
///
/// Nothing happens until [`publish`](Change::publish). If somebody else published in between, that is a conflict and
/// nothing is written.
#[must_use = "a change does nothing until it is published"]
pub struct Change<T> {
    pub(super) feature: FeatureHandle<T>,
    pub(super) draft: Draft,
    pub(super) base: Option<Arc<Standing>>,
    pub(super) author: Option<String>,
    pub(super) comment: String,
    pub(super) expected_version: Option<u64>,
    pub(super) consent: Consent,
    /// What the seeds of new rollouts are made of.
    pub(super) entropy: u64,
    /// Decides whether the author may write that.
    pub(super) authorize: Option<Arc<Authorize>>,
    /// Whether seeds and slots count only where they are those of the base.
    pub(super) is_untrusted: bool,
}

/// A change that is ready to be written: what permissions are [decided](Change::authorize) by.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PreparedWrite<'a> {
    /// The state of the revision that it is written on.
    pub base: &'a State,
    /// The state that would be written; `None` for a removal.
    pub result: Option<&'a State>,
}

pub(super) type Authorize = dyn Fn(&PreparedWrite<'_>) -> Result<()> + Send + Sync;

/// What the author agreed to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Consent {
    pub(super) reshuffle: bool,
    pub(super) unknown: bool,
}

/// A running program that does not know a choice: it would quarantine the state that names it.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknowing {
    /// The process.
    pub instance: Instance,
    /// The first choice of the state that it does not know.
    pub choice: String,
}

/// What publishing a change would do.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Foresight {
    /// The version that would be published.
    pub version: u64,
    /// The state that would be published, with its seeds and slots.
    pub state: State,
    /// Whom it would move.
    pub impact: Impact,
    /// The running programs that do not know a choice of it.
    pub unknown_to: Vec<Unknowing>,
}

/// What a publish did.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    version: u64,
    impact: Impact,
}

impl<T: Target> Change<T> {
    pub(super) fn new(feature: FeatureHandle<T>, draft: Draft, base: Option<Arc<Standing>>) -> Self {
        let (author, comment, expected_version) = (None, String::new(), None);
        let (consent, entropy) = (Consent::default(), Process::current().random().u64(..));
        Self {
            feature,
            draft,
            base,
            author,
            comment,
            expected_version,
            consent,
            entropy,
            authorize: None,
            is_untrusted: false,
        }
    }

    /// Has every preview and publish of this change decided by a permission. It is asked when the revision that is written on
    /// is known, and publishing writes on that revision or on none.
    ///
    /// ```standalone_crate
    /// # use feats::{App, Error, ErrorKind, model::Declaration};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// let app = App::builder().declare(Declaration::new("Fee", ["acme", "premium"])).detached().start().await?;
    /// let may_not_pin = app.feature_named("Fee")?.pin("premium").authorize(|write| {
    ///     let pins = write.result.is_some_and(|result| result.pinned != write.base.pinned);
    ///     if pins { Err(Error::new(ErrorKind::Denied, "no pins")) } else { Ok(()) }
    /// });
    /// assert_eq!(may_not_pin.publish().await.unwrap_err().kind(), ErrorKind::Denied);
    /// # Ok(()) }
    /// ```
    pub fn authorize(mut self, authorize: impl Fn(&PreparedWrite<'_>) -> Result<()> + Send + Sync + 'static) -> Self {
        self.authorize = Some(Arc::new(authorize));
        self
    }

    /// As [`replace`](Self::replace), with a state that a stranger could have written: its seeds, slots and reassigned ranges
    /// count only where they are those of the revision that it is written on.
    pub fn replace_untrusted(self, state: State) -> Self {
        Self { is_untrusted: true, ..self.replace(state) }
    }

    /// Adds a rule at the end, or replaces the one of this name where it stands.
    pub fn rule<At, By>(self, name: impl Into<String>, when: impl When<T, At>, select: impl Choose<T, By>) -> Self {
        let rule = Rule::new(name, when.into_condition(), select.into_selector());
        self.step(Step::Rule(Box::new(rule)))
    }

    /// Removes a rule.
    pub fn remove(self, rule: impl Into<String>) -> Self {
        self.step(Step::RemoveRule(rule.into()))
    }

    /// Moves a rule before another one.
    pub fn move_before(self, rule: impl Into<String>, other: impl Into<String>) -> Self {
        self.step(Step::MoveBefore(rule.into(), Some(other.into())))
    }

    /// Moves a rule behind all others.
    pub fn move_last(self, rule: impl Into<String>) -> Self {
        self.step(Step::MoveBefore(rule.into(), None))
    }

    /// Says how to choose where no rule applies.
    pub fn otherwise<By>(self, select: impl Choose<T, By>) -> Self {
        self.step(Step::Otherwise(Some(select.into_selector())))
    }

    /// Lets the default decide where no rule applies.
    pub fn otherwise_default(self) -> Self {
        self.step(Step::Otherwise(None))
    }

    /// Gives some units of a segment a certain implementation.
    pub fn override_for<S: Segment, V: Into<Value<'static>>>(
        self,
        segment: S,
        values: impl IntoIterator<Item = V>,
        choice: impl Into<T::Choice>,
    ) -> Self {
        let _ = segment;
        let values = values.into_iter().map(Into::into);
        self.override_named(Override::new(S::NAME, values, choice.into().as_ref()))
    }

    /// As [`override_for`](Self::override_for), by names.
    pub fn override_named(self, unit_override: Override) -> Self {
        self.step(Step::OverrideFor(unit_override))
    }

    /// Removes the overrides of some units.
    pub fn remove_override<V: Into<Value<'static>>>(
        self,
        segment: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.step(Step::RemoveOverride { segment: segment.into(), values })
    }

    /// Removes all overrides and rules, and what happens otherwise. The pin stays as it is.
    pub fn clear(self) -> Self {
        self.step(Step::Clear)
    }

    /// Replaces the whole state, pin included. This also replaces a quarantined one.
    pub fn replace(self, state: State) -> Self {
        self.step(Step::Replace(Box::new(state)))
    }

    /// Unpins together with a [rollback](FeatureHandle::rollback_to), which leaves the pin in place otherwise. Only a rollback
    /// takes this.
    ///
    /// ```standalone_crate
    /// use feats::{App, model::Declaration, store::Memory};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// let app = App::builder().store(Memory::new()).declare(Declaration::new("Fee", ["acme", "premium"]));
    /// let app = app.detached().start().await?;
    /// let fee = app.feature_named("Fee")?;
    /// fee.pin("premium").publish().await?;
    /// fee.rollback_to(0).with_unpin().publish().await?;
    /// assert_eq!(fee.state().pinned, None);
    /// # Ok(()) }
    /// ```
    pub fn with_unpin(mut self) -> Self {
        self.draft = match self.draft {
            Draft::RollbackTo { version, .. } => Draft::RollbackTo { version, unpins: true },
            _ => Draft::Mixed,
        };
        self
    }

    fn step(mut self, step: Step) -> Self {
        match &mut self.draft {
            Draft::Edit(steps) => steps.push(step),
            Draft::Pin(_) | Draft::RollbackTo { .. } | Draft::Remove | Draft::Mixed => self.draft = Draft::Mixed,
        }
        self
    }

    /// Says who publishes; the program itself if not set.
    pub fn author(mut self, author: impl Into<String>) -> Self {
        self.author = Some(author.into());
        self
    }

    /// Says why.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = comment.into();
        self
    }

    /// Publishes only if this version is the newest one; 0 means none. By default that is the version which had arrived
    /// when the change was begun.
    pub fn expect_version(mut self, version: u64) -> Self {
        self.expected_version = Some(version);
        self
    }

    /// Agrees that a rollout by another seed or another segment deals everyone anew.
    pub fn allow_reshuffle(mut self) -> Self {
        self.consent.reshuffle = true;
        self
    }

    /// Agrees to choices that some running program does not know; it quarantines the state.
    pub fn allow_unknown(mut self) -> Self {
        self.consent.unknown = true;
        self
    }

    /// All that can be said before publishing, at once: as [`preview`](Self::preview),
    /// [`preview_state`](Self::preview_state) and [`unknown_to`](Self::unknown_to), in one go. Writes nothing, and needs no
    /// consent.
    ///
    /// # Errors
    /// As [`publish`](Self::publish), except for the consents.
    pub async fn foresee(&self) -> Result<Foresight> {
        publish::foresee(self).await
    }

    /// Whom this would move, exactly. Writes nothing, and needs no consent.
    ///
    /// # Errors
    /// As [`publish`](Self::publish), except for the consents.
    pub async fn preview(&self) -> Result<Impact> {
        publish::preview(self).await
    }

    /// The state that would be published, with its seeds and slots: this change makes the same seeds each time. Writes
    /// nothing.
    ///
    /// # Errors
    /// As [`publish`](Self::publish), except for the consents.
    pub async fn preview_state(&self) -> Result<State> {
        Ok(publish::preview_state(self).await?.unwrap_or_default())
    }

    /// The running programs that do not know a choice of this change: it takes [`allow_unknown`](Self::allow_unknown) to
    /// publish it all the same. Writes nothing.
    ///
    /// # Errors
    /// As [`publish`](Self::publish), except for the consents.
    pub async fn unknown_to(&self) -> Result<Vec<Unknowing>> {
        Ok(publish::foresee(self).await?.unknown_to)
    }

    /// Publishes.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem and its path;
    /// [`Conflict`](crate::ErrorKind::Conflict) with both sides, if another version is the newest;
    /// [`NeedsConsent`](crate::ErrorKind::NeedsConsent); [`NotFound`](crate::ErrorKind::NotFound) for a rollback to a
    /// version that is not there; [`TooLarge`](crate::ErrorKind::TooLarge). With all of these, nothing was written.
    /// [`Unavailable`](crate::ErrorKind::Unavailable) and [`Timeout`](crate::ErrorKind::Timeout) if the store gave no
    /// answer even after several tries: then it is unknown, and the history tells.
    pub async fn publish(self) -> Result<Published> {
        publish::publish(&self).await
    }
}

impl Published {
    pub(super) fn new(version: u64, impact: Impact) -> Self {
        Self { version, impact }
    }

    /// The version that was published.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whom it moves.
    pub fn impact(&self) -> &Impact {
        &self.impact
    }
}

impl fmt::Display for Unknowing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Instance { program, version, pid, .. } = &self.instance;
        write!(f, "{program} {version} (process {pid}) runs and does not know {}", quoted(&self.choice))
    }
}

impl<T> Clone for Change<T> {
    fn clone(&self) -> Self {
        let Self { feature, draft, base, author, comment, expected_version, consent, entropy, .. } = self;
        Self {
            feature: feature.clone(),
            draft: draft.clone(),
            base: base.clone(),
            author: author.clone(),
            comment: comment.clone(),
            expected_version: *expected_version,
            consent: *consent,
            entropy: *entropy,
            authorize: self.authorize.clone(),
            is_untrusted: self.is_untrusted,
        }
    }
}

impl<T> fmt::Debug for Change<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").field("feature", &self.feature).field("draft", &self.draft).finish_non_exhaustive()
    }
}
