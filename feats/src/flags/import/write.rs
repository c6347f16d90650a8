//! The write of an import.

use super::report::{ImportDecisionKind, ImportOutcome, ImportReport};
use super::translation::{Translation, stamp};
use super::{ForeignFlag, Import, flipper, flypper};
use crate::error::{Error, ErrorKind, Problems, Result};
use crate::flags::event::Event;
use crate::flags::reference::FlagRef;
use crate::flags::write::signed;
use crate::model::{Revision, Selector, State, Timestamp};
use crate::tasks::Process;
use crate::text::quoted;

impl Import {
    /// Runs the import; a preview stops before the write.
    pub(super) async fn run(self, writes: bool) -> Result<ImportReport> {
        let app = self.client.app.clone();
        let now = app.now();
        let mut translation = self.translate(now)?;
        let flag = FlagRef { client: self.client.clone(), name: self.foreign.name().into() };
        let handle = app.declare_flag(&flag.name).await?;
        let base = handle.revision();
        let version = base.as_ref().map_or(0, Revision::version);
        let existing = base.filter(|_| handle.flag_status().is_flag());
        let outcome = match &existing {
            None => ImportOutcome::Created,
            Some(base) => self.compare(&mut translation, base)?,
        };
        let report = ImportReport {
            flag: flag.name.to_string(),
            outcome,
            share: translation.share(now),
            decisions: translation.decisions,
        };
        if outcome == ImportOutcome::Unchanged {
            return Ok(report);
        }
        let mut state = translation.state;
        stamp(&mut state, version.saturating_add(1));
        // The buckets of the original decide who has what, not the units of the state before.
        let change = handle.edit().allow_reshuffle().replace(state);
        let change = signed(change, &flag, Event::Import, self.foreign.comment().to_owned(), Some(version));
        match writes {
            true => drop(change.publish().await?),
            false => drop(change.preview().await?),
        }
        Ok(report)
    }

    /// Translates the flag.
    ///
    /// # Errors
    /// [`Invalid`](ErrorKind::Invalid): all problems.
    fn translate(&self, now: Timestamp) -> Result<Translation> {
        let mut problems = Problems::default();
        let author = self.client.author();
        let translation = match &self.foreign {
            ForeignFlag::Flipper(item) => flipper::translate(item, &author, self.settings, now, &mut problems),
            ForeignFlag::Flypper(flag) => flypper::translate(flag, &author, &mut problems),
        };
        match problems.is_empty() {
            true => Ok(translation),
            false => Err(Error::invalid(problems.into_vec()).with_feature(self.foreign.name())),
        }
    }

    /// Compares the translation with the flag that exists, whose creation and pin it keeps.
    ///
    /// # Errors
    /// [`AlreadyExists`](ErrorKind::AlreadyExists): the flag is not as an import left it.
    fn compare(&self, translation: &mut Translation, base: &Revision) -> Result<ImportOutcome> {
        let is_imported = base.comment() == self.foreign.comment();
        if !is_imported && !self.settings.replaces {
            let message = format!(
                "there is a flag named {} already, which was not created by an import, or was changed here since its import; \
                 an import that replaces it overwrites these changes",
                quoted(self.foreign.name())
            );
            return Err(Error::new(ErrorKind::AlreadyExists, message));
        }
        let known = base.state();
        if let (Some(flag), Some(known)) = (&mut translation.state.flag, &known.flag) {
            flag.created_at = known.created_at;
            flag.created_by.clone_from(&known.created_by);
        }
        if let Some(pinned) = &known.pinned {
            let message = format!("the flag is pinned to {} here, and stays so", quoted(pinned));
            translation.decide(ImportDecisionKind::PinKept, message);
            translation.state.pinned = Some(pinned.clone());
        }
        if is_imported && unversioned(&known) == unversioned(&translation.state) {
            return Ok(ImportOutcome::Unchanged);
        }
        let has_ramp = |state: &State| rollout(state).is_some_and(|rollout| rollout.ramp.is_some());
        if has_ramp(&known) && has_ramp(&translation.state) {
            // With the same seed, the ramp would go on from where the one before is.
            set_seed(&mut translation.state, Some(format!("{:032x}", Process::current().rng().u128(..))));
        }
        Ok(ImportOutcome::Updated)
    }
}

fn rollout(state: &State) -> Option<&crate::model::Rollout> {
    state.otherwise.as_ref().and_then(Selector::rollout)
}

fn set_seed(state: &mut State, seed: Option<String>) {
    if let Some(rollout) = state.otherwise.as_mut().and_then(Selector::rollout_mut) {
        rollout.seed = seed;
    }
}

/// Returns a state without what depends on its version: the seed, and the versions of slots.
fn unversioned(state: &State) -> State {
    let mut state = state.clone();
    set_seed(&mut state, None);
    stamp(&mut state, 0);
    state
}
