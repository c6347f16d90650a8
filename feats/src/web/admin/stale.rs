//! Which features are stale. To know it takes what was counted on ninety days, so it is kept for a while: it changes at
//! midnight, or when somebody publishes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::app::App;
use crate::usage::{KEPT_DAYS, Staleness};

/// For how long it is kept.
const KEPT: Duration = Duration::from_secs(600);

/// Why features are stale, by name. A feature that is not there is not stale.
pub(super) type Stale = HashMap<String, Vec<Staleness>>;

/// What was known last, and since when.
#[derive(Clone, Default)]
pub(super) struct Staled(Arc<Mutex<Option<Known>>>);

/// What was known, and when.
type Known = (Instant, Arc<Stale>);

impl Staled {
    /// Why features are stale after so many days. While the store is away nothing new is known.
    pub(super) async fn of(&self, app: &App, days: u32) -> Arc<Stale> {
        let mut known = self.0.lock().await;
        if let Some((since, stale)) = known.as_mut() {
            if since.elapsed() >= KEPT && app.status().is_live() {
                // Nobody waits for it: whoever asks now is told what was known.
                *since = Instant::now();
                self.begin_to_read(app, days);
            }
            return Arc::clone(stale);
        }
        let Some(stale) = read(app, days).await else { return Arc::default() };
        *known = Some((Instant::now(), Arc::clone(&stale)));
        stale
    }

    fn begin_to_read(&self, app: &App, days: u32) {
        let (own, asked) = (self.clone(), app.clone());
        app.begin(async move {
            if let Some(stale) = read(&asked, days).await {
                *own.0.lock().await = Some((Instant::now(), stale));
            }
        });
    }
}

async fn read(app: &App, days: u32) -> Option<Arc<Stale>> {
    let mut stale = Stale::new();
    for found in app.stale(days.clamp(1, KEPT_DAYS)).await.ok()? {
        stale.entry(found.feature).or_default().push(found.why);
    }
    Some(Arc::new(stale))
}
