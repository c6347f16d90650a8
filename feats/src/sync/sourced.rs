//! The flags of a source beside the store: polled, applied to the snapshot, and written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;

use super::flag_source::{FlagSource, SourceChange, SourceFlag};
use super::incoming::Incoming;
use super::replica::{Replica, locked};
use crate::compile::{Compiled, Route, Stage};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Declaration, Entry, FORMAT, Header, State};
use crate::store::RevisionStamp;
use crate::tasks::{Backoff, Process, Round, Source, run_blocking, supervise};
use crate::text::quoted;

/// The maximum number of flags that a warning lists.
const MAX_LISTED: usize = 5;

/// The maximum number of names that a source may have over time, since positions of flags are never reused.
const MAX_NAMES: usize = 100_000;

/// The time limit for reading and applying all flags.
const POLL_TIMEOUT: Duration = Duration::from_secs(30);

/// The flags of a source beside the store.
pub(crate) struct SourcedFlags {
    source: Arc<dyn FlagSource>,
    replica: Arc<Replica>,
    /// The lock serializes updates.
    known: Mutex<Known>,
    /// `true` once the source was polled, with or without success.
    polled: watch::Sender<bool>,
}

/// The flags that are in effect.
#[derive(Default)]
struct Known {
    /// The texts of the flags; `None` for one that was removed.
    texts: BTreeMap<String, Option<String>>,
    /// The number of writes of this program. A poll during a write may have read the flags before it.
    writes: u64,
}

/// A change of a flag with its author and comment.
pub(crate) struct Signed {
    pub(crate) author: String,
    pub(crate) comment: String,
    pub(crate) change: SourceChange,
}

/// The author and the comment of a revision.
struct Signature<'a> {
    author: &'a str,
    comment: &'a str,
}

/// The flags of a poll that are not in effect.
#[derive(Default)]
struct LeftOut {
    /// The names that the store or the code has.
    shadowed: Vec<String>,
    /// The flags that cannot be read, each with the reason.
    unreadable: Vec<String>,
}

impl SourcedFlags {
    pub(crate) fn new(source: Arc<dyn FlagSource>, replica: Arc<Replica>) -> Arc<Self> {
        let (polled, _) = watch::channel(false);
        Arc::new(Self { source, replica, known: Mutex::default(), polled })
    }

    /// Returns the name of the source.
    pub(crate) fn name(&self) -> String {
        self.source.name()
    }

    /// Polls the source until it is dropped.
    pub(crate) async fn run(self: Arc<Self>) {
        // A failed poll is a warning of the status.
        let failed = |error: &Error| tracing::debug!(error = %error.report(), "the source of flags cannot be read");
        let round = || async {
            let polled = self.poll().await;
            self.polled.send_replace(true);
            polled?;
            tokio::time::sleep(self.source.poll_interval()).await;
            Ok(Round::Done)
        };
        supervise("polling the source of flags", &Backoff::default(), round, failed).await;
    }

    /// Waits until the source was polled once, with or without success.
    pub(crate) async fn wait_until_polled(&self) {
        let _ = self.polled.subscribe().wait_for(|polled| *polled).await;
    }

    /// Reads the source, and applies what has changed.
    ///
    /// # Errors
    /// The source cannot be read. The last flags stay in effect.
    pub(crate) async fn poll(self: &Arc<Self>) -> Result<()> {
        let late = |_| Err(Error::new(ErrorKind::Timeout, format!("no answer within {POLL_TIMEOUT:?}")));
        let polled = tokio::time::timeout(POLL_TIMEOUT, self.read_and_apply()).await.unwrap_or_else(late);
        let failed = polled.as_ref().err().map(|error| {
            let message = format!(
                "the flags of {} cannot be read; the last ones stay in effect: {}",
                self.name(),
                error.report()
            );
            Error::new(error.kind(), message)
        });
        self.replica.warnings.report(Source::SourcedFlags, failed.as_ref());
        polled
    }

    async fn read_and_apply(self: &Arc<Self>) -> Result<()> {
        loop {
            let writes = locked(&self.known).writes;
            let flags = self.source.read().await?;
            let this = self.clone();
            if run_blocking(move || Ok(this.apply(flags, writes))).await? {
                return Ok(());
            }
        }
    }

    /// Returns `true` if a flag of this name is in the source, or would be if it were created.
    pub(crate) fn owns(&self, name: &str) -> bool {
        self.replica.is_free_for_source(name)
    }

    /// Writes a change to the source, and waits until it is in effect.
    ///
    /// # Errors
    /// The source cannot keep the result, or cannot be reached.
    pub(crate) async fn write(self: &Arc<Self>, signed: Signed) -> Result<()> {
        let Signed { author, comment, change } = signed;
        let name = change.name.clone();
        let written = self.source.write(change).await?;
        let this = self.clone();
        run_blocking(move || this.wrote(&name, written, &Signature { author: &author, comment: &comment })).await
    }

    fn wrote(&self, name: &str, text: Option<String>, signature: &Signature<'_>) -> Result<()> {
        let mut known = locked(&self.known);
        known.writes += 1;
        let state = text.as_deref().map(|text| self.source.state(text, self.replica.cell.now())).transpose()?;
        let incoming = self.replica.sourced_revision(name, state.as_ref(), signature)?;
        self.replica.begin_write(incoming.entry());
        self.replica.apply_sourced(vec![incoming]);
        known.texts.insert(name.to_owned(), text);
        Ok(())
    }

    /// Applies the flags of a poll. Returns `false` if a write has ended since the poll began.
    fn apply(&self, flags: Vec<SourceFlag>, writes: u64) -> bool {
        let mut known = locked(&self.known);
        if known.writes != writes {
            return false;
        }
        let (mut left_out, mut incoming, mut found) = (LeftOut::default(), Vec::new(), BTreeSet::new());
        for flag in flags {
            if !self.owns(&flag.name) {
                known.texts.remove(&flag.name);
                left_out.shadowed.push(quoted(&flag.name).to_string());
                continue;
            }
            let text = flag.text.as_ref().ok();
            let is_known = text.is_some() && known.texts.get(&flag.name).and_then(Option::as_ref) == text;
            if !is_known {
                match self.revision_of(&flag, known.texts.len()) {
                    Ok((revision, text)) => {
                        incoming.push(revision);
                        known.texts.insert(flag.name.clone(), Some(text));
                    }
                    Err(error) => left_out.unreadable.push(format!("{}: {}", quoted(&flag.name), described(&error))),
                }
            }
            found.insert(flag.name);
        }
        let author = self.name();
        for (name, text) in known.texts.iter_mut().filter(|(name, text)| text.is_some() && !found.contains(*name)) {
            if self.owns(name) {
                let signature = Signature { author: &author, comment: "" };
                incoming.extend(self.replica.sourced_revision(name, None, &signature).ok());
            }
            *text = None;
        }
        self.replica.apply_sourced(incoming);
        self.report(&left_out);
        true
    }

    /// Returns the revision of a flag that is new or has changed, with its text.
    fn revision_of(&self, flag: &SourceFlag, names: usize) -> Result<(Incoming, String)> {
        let text = match &flag.text {
            Ok(text) => text.clone(),
            Err(error) => return Err(Error::new(error.kind(), described(error))),
        };
        if names >= MAX_NAMES {
            let message = format!("the source has had more than {MAX_NAMES} names since this program started");
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        let state = self.source.state(&text, self.replica.cell.now())?;
        let signature = Signature { author: &self.name(), comment: "" };
        Ok((self.replica.sourced_revision(&flag.name, Some(&state), &signature)?, text))
    }

    fn report(&self, left_out: &LeftOut) {
        let (source, warnings) = (self.name(), &self.replica.warnings);
        match left_out.shadowed.as_slice() {
            [] => warnings.clear(Source::ShadowedFlags),
            names => {
                let message = "flags of the store or features have the names of these flags, and take precedence";
                warnings.set(Source::ShadowedFlags, format!("{source}: {message}: {}", listed(names, ", ")));
            }
        }
        match left_out.unreadable.as_slice() {
            [] => warnings.clear(Source::UnreadableFlags),
            flags => {
                let message = "these flags cannot be read and keep their last state";
                warnings.set(Source::UnreadableFlags, format!("{source}: {message}: {}", listed(flags, "; ")));
            }
        }
    }
}

impl Replica {
    /// Returns `true` if a source may have a flag of this name: neither the code nor the store has it.
    fn is_free_for_source(&self, name: &str) -> bool {
        let state = locked(&self.writer_state);
        let is_flag = self.features(|features| features.position(name).is_none() || features.is_flag(name));
        let snapshot = self.cell.load_full();
        is_flag && self.known(&state, &snapshot, name) == RevisionStamp::default()
    }

    /// Returns the next revision of a flag of a source; a tombstone without a state.
    ///
    /// # Errors
    /// [`Invalid`](ErrorKind::Invalid): the state has problems; all of them are listed.
    fn sourced_revision(&self, name: &str, state: Option<&State>, signature: &Signature<'_>) -> Result<Incoming> {
        let position = self.features(|features| features.position(name));
        let before = position.and_then(|position| self.cell.load_full().revision(position).cloned());
        let version = before.as_ref().map_or(0, |before| before.version).saturating_add(1);
        let route = state.map(|state| self.compile_sourced(name, state, version)).transpose()?;
        let mut random = Process::current().rng();
        let header = Header {
            format: FORMAT,
            feature: name.to_owned(),
            version,
            id: format!("{:020x}", random.u64(..)),
            previous: before.map(|before| before.hash).unwrap_or_default(),
            author: signature.author.to_owned(),
            comment: signature.comment.to_owned(),
            time: self.cell.now(),
        };
        let entry = Entry::encode(&header, state.map(State::to_json).as_ref())?;
        Ok(self.incoming(entry, route))
    }

    fn compile_sourced(&self, name: &str, state: &State, version: u64) -> Result<Arc<Route>> {
        let Compiled { route, problems } = self.compile(&Declaration::flag(name), state, Stage::Stored, version);
        match route {
            Some(route) if problems.is_empty() => Ok(Arc::new(route)),
            _ => Err(Error::invalid(problems)),
        }
    }

    /// Applies revisions of a source, except those of names that the store or the code has by now.
    fn apply_sourced(&self, revisions: Vec<Incoming>) {
        let revisions: Vec<Incoming> =
            revisions.into_iter().filter(|incoming| self.is_free_for_source(&incoming.entry().feature)).collect();
        if revisions.is_empty() {
            return;
        }
        let mut update = self.update();
        for incoming in revisions {
            let name = incoming.entry().feature.clone();
            update.put(incoming);
            update.state.sourced.insert(name);
        }
        update.finish();
    }
}

/// Returns the problems of an error, or else its message.
fn described(error: &Error) -> String {
    match error.problems() {
        [] => error.message().to_owned(),
        problems => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    }
}

fn listed(all: &[String], separator: &str) -> String {
    let shown = all.iter().take(MAX_LISTED).map(String::as_str).collect::<Vec<_>>().join(separator);
    match all.len().saturating_sub(MAX_LISTED) {
        0 => shown,
        more => format!("{shown}, and {more} more"),
    }
}

impl fmt::Debug for SourcedFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SourcedFlags").field(&self.name()).finish()
    }
}
