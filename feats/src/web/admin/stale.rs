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
#[derive(Default)]
pub(super) struct Staled(Mutex<Option<(Instant, Arc<Stale>)>>);

impl Staled {
    /// Why features are stale after so many days. While the store is away nothing new is known.
    pub(super) async fn of(&self, app: &App, days: u32) -> Arc<Stale> {
        let mut known = self.0.lock().await;
        let is_fresh = |(since, _): &&(Instant, Arc<Stale>)| since.elapsed() < KEPT || !app.status().is_live();
        if let Some((_, stale)) = known.as_ref().filter(is_fresh) {
            return Arc::clone(stale);
        }
        let Ok(found) = app.stale(days.clamp(1, KEPT_DAYS)).await else { return Arc::default() };
        let mut stale = Stale::new();
        for found in found {
            stale.entry(found.feature).or_default().push(found.why);
        }
        let stale = Arc::new(stale);
        *known = Some((Instant::now(), Arc::clone(&stale)));
        stale
    }
}
