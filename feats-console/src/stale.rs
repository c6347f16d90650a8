//! Which features are stale. To know it takes what was counted on ninety days, so it is kept for a while: it changes at
//! midnight, or when somebody publishes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use feats::App;
use feats::usage::{KEPT_DAYS, Staleness};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use tokio::time::timeout;

use super::briefly::{PATIENCE, may_answer};

/// For how long it is kept.
const KEPT: Duration = Duration::from_secs(600);
/// For how long it is kept that it was not to be had.
const RETRIED: Duration = Duration::from_secs(20);

/// Why features are stale, by name. A feature that is not there is not stale.
pub(super) type Stale = HashMap<String, Vec<Staleness>>;

/// What was known last, and until when that will do.
#[derive(Clone, Default)]
pub(super) struct Staled(Arc<Mutex<Option<Known>>>);

/// What is known, and until when that will do.
type Known = (Instant, Arc<Stale>);

impl Staled {
    /// Why features are stale after so many days. While the store is away nothing new is known, and where it takes long,
    /// nothing yet.
    pub(super) async fn of(&self, app: &App, days: u32) -> Arc<Stale> {
        let Ok(mut known) = timeout(PATIENCE, Arc::clone(&self.0).lock_owned()).await else { return Arc::default() };
        if let Some((until, stale)) = known.as_mut() {
            let stale = Arc::clone(stale);
            if *until <= Instant::now() && may_answer(app) {
                // Nobody waits for it: whoever asks now is told what was known.
                *until = Instant::now() + RETRIED;
                drop(known);
                self.begin_again(app, days);
            }
            return stale;
        }
        match may_answer(app) {
            true => begin(known, app, days).await,
            false => Arc::default(),
        }
    }

    fn begin_again(&self, app: &App, days: u32) {
        let (own, asked) = (self.clone(), app.clone());
        tokio::spawn(async move {
            if let Some(stale) = read(&asked, days).await {
                *own.0.lock().await = Some((Instant::now() + KEPT, stale));
            }
        });
    }
}

/// Reads it for the first time. Whoever else asks meanwhile waits at the lock, and no longer than this does.
async fn begin(mut known: OwnedMutexGuard<Option<Known>>, app: &App, days: u32) -> Arc<Stale> {
    let (tell, told) = oneshot::channel();
    let asked = app.clone();
    tokio::spawn(async move {
        let read = read(&asked, days).await;
        let kept = if read.is_some() { KEPT } else { RETRIED };
        let stale = read.unwrap_or_default();
        *known = Some((Instant::now() + kept, Arc::clone(&stale)));
        // Whoever asked may have gone on without it.
        let _ = tell.send(stale);
    });
    timeout(PATIENCE, told).await.ok().and_then(Result::ok).unwrap_or_default()
}

async fn read(app: &App, days: u32) -> Option<Arc<Stale>> {
    let mut stale = Stale::new();
    for found in app.stale(days.clamp(1, KEPT_DAYS)).await.ok()? {
        stale.entry(found.feature).or_default().push(found.why);
    }
    Some(Arc::new(stale))
}
