//! Restoring: putting back what a store has lost.

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

/// Puts back what a store has lost, from a fallback file or from what this app holds over.
///
/// Nothing happens until [`publish`](Restore::publish). For each feature that the store lacks, or has at an older version, a
/// revision is appended with the lost state, verbatim: rules, seeds, slots, pin. Versions go on from the store's newest.
/// What somebody has written since the loss stays.
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

/// What restoring did, or would do.
#[derive(Debug)]
pub struct RestoreReport {
    /// Every feature of the source, sorted by name.
    pub features: Vec<RestoredFeature>,
    /// How many lines of the file are damaged. What they held is not restored.
    pub damaged: usize,
}

/// What became of one feature.
#[derive(Debug)]
pub struct RestoredFeature {
    /// The feature.
    pub feature: String,
    /// The version that the state had.
    pub version: u64,
    /// When that version was written.
    pub time: Timestamp,
    /// The version that the store had; 0 if none.
    pub stored: u64,
    /// What was done.
    pub outcome: RestoreOutcome,
}

/// What was done for one feature.
#[derive(Debug)]
pub enum RestoreOutcome {
    /// The state was put back, as this version; in a preview, it would be.
    PutBack(u64),
    /// The store has this state, or a newer version; there is nothing to do.
    UpToDate,
    /// The store has an older version, which somebody has written after the lost one. It stays, unless
    /// [`overwrite`](Restore::overwrite) says otherwise.
    WrittenSince,
    /// It could not be put back. The others are not stopped by it.
    Failed(Error),
}

/// A revision that may have to be put back, and what the store has.
struct Lost {
    revision: Revision,
    stored: Option<Entry>,
}

impl App {
    /// Begins to put back what the store has lost, from a [fallback file](super::AppBuilder::fallback_file) of any
    /// program that used it.
    pub fn restore(&self, file: impl Into<PathBuf>) -> RestoreBuilder {
        self.restore_from(Source::File(file.into()))
    }

    /// Begins to put back what this app [holds over](crate::Held).
    pub fn restore_retained(&self) -> RestoreBuilder {
        self.restore_from(Source::Retained)
    }

    fn restore_from(&self, source: Source) -> RestoreBuilder {
        RestoreBuilder { app: self.clone(), source, author: None, overwrite: false }
    }
}

impl RestoreBuilder {
    /// Says who restores; the program itself if not set.
    pub fn author(mut self, author: impl Into<String>) -> Self {
        self.author = Some(author.into());
        self
    }

    /// Also puts back where somebody has written since, as long as the store's version is older.
    pub fn overwrite(mut self) -> Self {
        self.overwrite = true;
        self
    }

    /// What publishing would do. Writes nothing.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    pub async fn preview(&self) -> Result<RestoreReport> {
        let (lost, damaged) = self.lost().await?;
        let features = lost.iter().map(|lost| lost.became(lost.due(self.overwrite))).collect();
        Ok(RestoreReport { features, damaged })
    }

    /// Puts everything back. What fails for one feature is told with it and stops no other.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) if there is no such file; [`Invalid`](ErrorKind::Invalid) for an author that is no
    /// name; the store cannot be read. With all of these, nothing was written.
    pub async fn publish(self) -> Result<RestoreReport> {
        check_name(self.signature()).map_err(|message| Error::invalid(vec![Problem::new("author", message)]))?;
        let (lost, damaged) = self.lost().await?;
        let mut features = Vec::new();
        for lost in lost {
            let outcome = match lost.due(self.overwrite) {
                RestoreOutcome::PutBack(_) => {
                    self.put_back(&lost).await.map_or_else(RestoreOutcome::Failed, RestoreOutcome::PutBack)
                }
                nothing => nothing,
            };
            features.push(lost.became(outcome));
        }
        self.app.wait_for_routes(None).await;
        Ok(RestoreReport { features, damaged })
    }

    fn signature(&self) -> &str {
        self.author.as_deref().unwrap_or(&self.app.0.program)
    }

    /// What is in the source, each beside what the store has, and how many lines of a file are damaged.
    async fn lost(&self) -> Result<(Vec<Lost>, usize)> {
        let remembered = match &self.source {
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
        let mut damaged = remembered.damaged;
        for entry in remembered.entries {
            match entry.decode() {
                Ok(revision) if newest.get(&entry.feature).is_none_or(|known| known.version() < entry.version) => {
                    newest.insert(entry.feature, revision);
                }
                Ok(_) => {}
                Err(_) => damaged += 1,
            }
        }
        let lost = newest.into_iter().map(|(feature, revision)| Lost { revision, stored: stored.remove(&feature) });
        Ok((lost.collect(), damaged))
    }

    /// Appends the lost state after what the store had.
    async fn put_back(&self, lost: &Lost) -> Result<u64> {
        let (app, feature) = (&self.app, lost.revision.feature());
        let after = lost.expected();
        let comment = format!("restored from version {} of {}", lost.revision.version(), lost.revision.time());
        let state = (!lost.revision.is_removed()).then(|| lost.revision.state_json());
        let entry = write_entry(app, feature, after, Signature { author: self.signature(), comment }, state)?;
        let (version, seen) = (entry.version, self.current_revision(feature));
        match append_entry(app, after, &entry).await? {
            AppendOutcome::Conflict(_) => {
                let message = format!("somebody published {} in between", quoted(feature));
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
    /// The features that could not be put back.
    pub fn failed(&self) -> impl Iterator<Item = &RestoredFeature> {
        self.features.iter().filter(|restored| matches!(restored.outcome, RestoreOutcome::Failed(_)))
    }
}

impl Lost {
    fn expected(&self) -> RevisionStamp {
        self.stored.as_ref().map(RevisionStamp::after).unwrap_or_default()
    }

    /// What is to be done.
    fn due(&self, overwrite: bool) -> RestoreOutcome {
        let next = RestoreOutcome::PutBack(self.expected().version.saturating_add(1));
        let Some(stored) = &self.stored else {
            // Without a state, the default decides already.
            return if self.revision.is_removed() { RestoreOutcome::UpToDate } else { next };
        };
        // One that cannot be read has no time, and nothing to be kept for.
        let read = stored.decode().ok();
        let same = read.as_ref().is_some_and(|stored| stored.state_json() == self.revision.state_json());
        let since = read.is_some_and(|stored| stored.time() > self.revision.time());
        match stored.version >= self.revision.version() || same {
            true => RestoreOutcome::UpToDate,
            false if since && !overwrite => RestoreOutcome::WrittenSince,
            false => next,
        }
    }

    fn became(&self, outcome: RestoreOutcome) -> RestoredFeature {
        RestoredFeature {
            feature: self.revision.feature().to_owned(),
            version: self.revision.version(),
            time: self.revision.time(),
            stored: self.expected().version,
            outcome,
        }
    }
}
