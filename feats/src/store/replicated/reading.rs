//! Reads that a replica serves while the primary is unreachable.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::error::{Error, ErrorKind, Result};
use crate::model::Entry;
use crate::store::{Cursor, LoadedStates, Page, Store, WatchEvent};

/// The minimum time between two attempts to reach the primary while a replica is watched.
const PROBE_PAUSE: Duration = Duration::from_secs(5);

/// The time limit of such an attempt.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// The separator between the number of a member and its own cursor.
const SEPARATOR: char = '!';

/// What is known about the primary, to read from replicas.
#[derive(Default)]
pub(super) struct Failover {
    /// The epoch that the primary had last, which stays that of the store.
    epoch: Mutex<Option<String>>,
    probed: Mutex<Option<Instant>>,
}

/// Calls a method of the first member that responds. Evaluates to its number and its result.
macro_rules! first_that_responds {
    ($members:expr, $method:ident ( $($argument:expr),* )) => {{
        let mut failure = None;
        let mut answer = None;
        for (number, member) in $members.iter().enumerate() {
            match member.$method($($argument),*).await {
                Err(error) if error.is_unavailable() => {
                    failure.get_or_insert(error);
                }
                result => {
                    answer = Some(result.map(|result| (number, result)));
                    break;
                }
            }
        }
        // The error of the primary says what to do.
        answer.unwrap_or_else(|| Err(failure.unwrap_or_else(no_members)))
    }};
}

impl Failover {
    pub(super) async fn load(&self, members: &[&dyn Store]) -> Result<LoadedStates> {
        let (number, loaded) = first_that_responds!(members, load())?;
        Ok(LoadedStates { cursor: encode(number, &loaded.cursor), ..loaded })
    }

    pub(super) async fn history(&self, members: &[&dyn Store], feature: &str, page: Page) -> Result<Vec<Entry>> {
        first_that_responds!(members, history(feature, page)).map(|(_, entries)| entries)
    }

    pub(super) async fn versions(&self, members: &[&dyn Store]) -> Result<Vec<(String, u64)>> {
        first_that_responds!(members, versions()).map(|(_, versions)| versions)
    }

    /// Returns the epoch of the primary, or the last known one while it is unreachable. Without any, that of the replica.
    pub(super) async fn epoch(&self, members: &[&dyn Store]) -> Result<String> {
        let (number, epoch) = first_that_responds!(members, epoch())?;
        let mut known = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        if number == 0 {
            *known = Some(epoch.clone());
        }
        Ok(if number == 0 { epoch } else { known.clone().unwrap_or(epoch) })
    }

    pub(super) async fn watch(&self, members: &[&dyn Store], after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        let Some((number, cursor)) = decode(after) else { return Ok(WatchEvent::Gap) };
        let Some(member) = members.get(number) else { return Ok(WatchEvent::Gap) };
        if number > 0 && self.has_primary_returned(members).await {
            return Ok(WatchEvent::Gap);
        }
        match member.watch(&cursor, wait).await {
            Ok(WatchEvent::Changes { entries, cursor }) => {
                Ok(WatchEvent::Changes { entries, cursor: encode(number, &cursor) })
            }
            // The next load finds the member that responds.
            Err(error) if error.is_unavailable() && first_that_responds!(members, epoch()).is_ok() => {
                Ok(WatchEvent::Gap)
            }
            other => other,
        }
    }

    /// Returns `true` if the primary responds again. Asks it only now and then.
    async fn has_primary_returned(&self, members: &[&dyn Store]) -> bool {
        {
            let mut probed = self.probed.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            if probed.is_some_and(|probed| now.saturating_duration_since(probed) < PROBE_PAUSE) {
                return false;
            }
            *probed = Some(now);
        }
        match members.first() {
            Some(primary) => matches!(timeout(PROBE_TIMEOUT, primary.epoch()).await, Ok(Ok(_))),
            None => false,
        }
    }
}

fn encode(number: usize, cursor: &Cursor) -> Cursor {
    Cursor(format!("{number}{SEPARATOR}{}", cursor.0))
}

/// Returns the number of the member, and its cursor; `None` for any other text.
fn decode(cursor: &Cursor) -> Option<(usize, Cursor)> {
    let (number, cursor) = cursor.0.split_once(SEPARATOR)?;
    Some((number.parse().ok()?, Cursor(cursor.to_owned())))
}

fn no_members() -> Error {
    Error::new(ErrorKind::Unavailable, "there is no store to read from")
}
