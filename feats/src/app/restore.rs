//! Restoring revisions that a store has lost.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::publish::{Signature, append_entry, install_restored, write_entry};
use super::running::App;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::model::{Entry, Revision, Timestamp};
use crate::runtime::FeatureRevision;
use crate::store::{AppendOutcome, RevisionStamp};
use crate::sync::{FallbackFile, FallbackStates};
use crate::tasks::run_blocking;
use crate::text::check_name;
use crate::text::quoted;

/// Restores states that a store has lost, from a fallback file or from the retained revisions of this app.
///
/// A restore has no effect until [`publish`](RestoreBuilder::publish). For each feature that the store does not have, or has
/// at an older version, a revision with the lost state is appended, verbatim: rules, seeds, slots and pin. Its version follows
/// the newest version in the store. Revisions that were written since the loss are kept.
///
/// ```no_run
/// # use feats::{App, RestoreOutcome};
/// # async fn restore(app: App) -> feats::Result<()> {
/// let report = app.restore("/var/lib/shop/feats.jsonl").author("ada").publish().await?;
/// for restored in &report.features {
///     match &restored.outcome {
///         RestoreOutcome::Restored(version) => println!("{}: restored as version {version}", restored.feature),
///         RestoreOutcome::UpToDate => {}
///         RestoreOutcome::WrittenSince => println!("{}: kept the version in the store", restored.feature),
///         RestoreOutcome::Failed(error) => eprintln!("{}: {error}", restored.feature),
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is restored until it is published"]
pub struct RestoreBuilder {
    app: App,
    source: Source,
    author: Option<String>,
    overwrite: bool,
}

#[derive(Clone, Debug)]
enum Source {
    File(PathBuf),
    Retained,
}

/// The result of a restore, or of its preview.
#[derive(Debug)]
pub struct RestoreReport {
    /// Every feature of the source, sorted by name.
    pub features: Vec<RestoredFeature>,
    /// The number of damaged lines in the file. Their revisions are not restored.
    pub damaged: usize,
}

/// The result of a restore for one feature.
#[derive(Debug)]
pub struct RestoredFeature {
    /// The name of the feature.
    pub feature: String,
    /// The version of the state in the source.
    pub version: u64,
    /// The time when that version was written.
    pub time: Timestamp,
    /// The newest version in the store before the restore; 0 if none.
    pub stored: u64,
    /// The outcome.
    pub outcome: RestoreOutcome,
}

/// The outcome of a restore for one feature.
#[derive(Debug)]
pub enum RestoreOutcome {
    /// The state was restored as this version, or would be in a preview.
    Restored(u64),
    /// The store already has this state or a newer version.
    UpToDate,
    /// The store has an older version that was written after the lost one. It is kept, unless
    /// [`overwrite`](RestoreBuilder::overwrite) is set.
    WrittenSince,
    /// The state could not be restored. The restore continues with the other features.
    Failed(Error),
}

/// A revision in the source, with the newest revision in the store.
struct Candidate {
    revision: Revision,
    stored: Option<Entry>,
}

impl App {
    /// Starts a restore of states that the store has lost from a [fallback file](super::AppBuilder::fallback_file) of any
    /// program that used the store.
    pub fn restore(&self, file: impl Into<PathBuf>) -> RestoreBuilder {
        self.restore_from(Source::File(file.into()))
    }

    /// Starts a restore of states that the store has lost from the [retained](crate::Retained) revisions of this app.
    pub fn restore_retained(&self) -> RestoreBuilder {
        self.restore_from(Source::Retained)
    }

    fn restore_from(&self, source: Source) -> RestoreBuilder {
        RestoreBuilder { app: self.clone(), source, author: None, overwrite: false }
    }
}

impl RestoreBuilder {
    /// Sets the author; the name of the program by default.
    pub fn author(mut self, author: impl Into<String>) -> Self {
        self.author = Some(author.into());
        self
    }

    /// Also restores features that were written to since the loss, if the version in the store is older.
    pub fn overwrite(mut self) -> Self {
        self.overwrite = true;
        self
    }

    /// Returns the report that [`publish`](Self::publish) would give. Writes nothing.
    ///
    /// # Errors
    /// The errors of [`publish`](Self::publish).
    pub async fn preview(&self) -> Result<RestoreReport> {
        let (candidates, damaged) = self.candidates().await?;
        let report = |candidate: &Candidate| candidate.report(candidate.planned_outcome(self.overwrite));
        Ok(RestoreReport { features: candidates.iter().map(report).collect(), damaged })
    }

    /// Restores all lost states. A failure is reported for its feature; the restore continues with the others.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) if the file does not exist; [`Invalid`](ErrorKind::Invalid) if the author is not a
    /// valid name; the store cannot be read. Nothing was written in any of these cases.
    pub async fn publish(self) -> Result<RestoreReport> {
        check_name(self.author_name()).map_err(|message| Error::invalid(vec![Problem::new("author", message)]))?;
        let (candidates, damaged) = self.candidates().await?;
        let mut features = Vec::new();
        for candidate in candidates {
            let outcome = match candidate.planned_outcome(self.overwrite) {
                RestoreOutcome::Restored(_) => {
                    self.append(&candidate).await.map_or_else(RestoreOutcome::Failed, RestoreOutcome::Restored)
                }
                outcome => outcome,
            };
            features.push(candidate.report(outcome));
        }
        self.app.wait_for_routes(None).await;
        Ok(RestoreReport { features, damaged })
    }

    fn author_name(&self) -> &str {
        self.author.as_deref().unwrap_or(&self.app.0.program)
    }

    /// Reads the newest revision of each feature in the source and in the store, and the number of damaged lines in the file.
    async fn candidates(&self) -> Result<(Vec<Candidate>, usize)> {
        let source = match &self.source {
            Source::Retained => {
                FallbackStates { entries: self.app.0.replica.retained_entries(), ..FallbackStates::default() }
            }
            Source::File(path) => {
                let file = FallbackFile::new(path);
                self.app.0.worker.call(run_blocking(move || file.read())).await?
            }
        };
        let store = self.app.0.stores.revisions.store.clone();
        let stored = self.app.call(async move { store.load().await }).await?.entries;
        let mut stored: BTreeMap<String, Entry> =
            stored.into_iter().map(|entry| (entry.feature.clone(), entry)).collect();
        let mut newest: BTreeMap<String, Revision> = BTreeMap::new();
        let mut damaged = source.damaged;
        for entry in source.entries {
            match entry.decode() {
                Ok(revision) if newest.get(&entry.feature).is_none_or(|known| known.version() < entry.version) => {
                    newest.insert(entry.feature, revision);
                }
                Ok(_) => {}
                Err(_) => damaged += 1,
            }
        }
        let candidates =
            newest.into_iter().map(|(feature, revision)| Candidate { revision, stored: stored.remove(&feature) });
        Ok((candidates.collect(), damaged))
    }

    /// Appends the lost state after the newest revision in the store.
    async fn append(&self, candidate: &Candidate) -> Result<u64> {
        let (app, lost) = (&self.app, &candidate.revision);
        let (feature, after) = (lost.feature(), candidate.stored_stamp());
        let comment = format!("restored from version {} of {}", lost.version(), lost.time());
        let state = (!lost.is_removed()).then(|| lost.state_json());
        let entry = write_entry(app, feature, after, Signature { author: self.author_name(), comment }, state)?;
        let (version, seen) = (entry.version, self.current_revision(feature));
        match append_entry(app, after, &entry).await? {
            AppendOutcome::Conflict(_) => {
                let message =
                    format!("another author has published {} in the meantime; restore again", quoted(feature));
                Err(Error::new(ErrorKind::Conflict, message).with_feature(feature))
            }
            AppendOutcome::Done => {
                install_restored(app, seen, entry).await;
                Ok(version)
            }
        }
    }

    fn current_revision(&self, feature: &str) -> Option<Arc<FeatureRevision>> {
        self.app.feature_named(feature).ok().and_then(|feature| feature.current_revision())
    }
}

impl RestoreReport {
    /// Returns the features that could not be restored.
    pub fn failed(&self) -> impl Iterator<Item = &RestoredFeature> {
        self.features.iter().filter(|restored| matches!(restored.outcome, RestoreOutcome::Failed(_)))
    }
}

impl Candidate {
    fn stored_stamp(&self) -> RevisionStamp {
        self.stored.as_ref().map(RevisionStamp::after).unwrap_or_default()
    }

    /// Returns the outcome if nothing fails.
    fn planned_outcome(&self, overwrite: bool) -> RestoreOutcome {
        let next = RestoreOutcome::Restored(self.stored_stamp().version.saturating_add(1));
        let Some(stored) = &self.stored else {
            // Without a state, the default decides already.
            return if self.revision.is_removed() { RestoreOutcome::UpToDate } else { next };
        };
        // A damaged revision has no time and no state that is worth keeping.
        let stored_revision = stored.decode().ok();
        let is_same = stored_revision.as_ref().is_some_and(|it| it.state_json() == self.revision.state_json());
        let is_written_since = stored_revision.is_some_and(|it| it.time() > self.revision.time());
        match stored.version >= self.revision.version() || is_same {
            true => RestoreOutcome::UpToDate,
            false if is_written_since && !overwrite => RestoreOutcome::WrittenSince,
            false => next,
        }
    }

    fn report(&self, outcome: RestoreOutcome) -> RestoredFeature {
        RestoredFeature {
            feature: self.revision.feature().to_owned(),
            version: self.revision.version(),
            time: self.revision.time(),
            stored: self.stored_stamp().version,
            outcome,
        }
    }
}
