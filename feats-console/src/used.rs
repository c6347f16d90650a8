//! How often features are used, as the store was told. To know it of one takes thousands of counts, so it is kept for a
//! while; and so is that it was not to be had.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use feats::usage::Series;
use feats::{App, FeatureHandle, Named};

use super::briefly::{briefly, may_answer};

/// For how long it is kept.
const KEPT: Duration = Duration::from_secs(20);
/// Of so many features it is.
const FEATURES: usize = 100;

/// Uses of one feature.
pub(super) struct Counted {
    pub(super) day: Series,
    /// Ninety days.
    pub(super) quarter: Series,
}

/// What was known last, the newest first.
#[derive(Default)]
pub(super) struct Used(Mutex<VecDeque<Known>>);

#[derive(Clone)]
struct Known {
    feature: String,
    since: Instant,
    counted: Option<Arc<Counted>>,
}

impl Used {
    /// Uses of a feature. While the store is away nothing is told.
    pub(super) async fn of(&self, app: &App, feature: &FeatureHandle<Named>) -> Option<Arc<Counted>> {
        if let Some(known) = self.known(feature.name()).filter(|known| known.since.elapsed() < KEPT) {
            return known.counted.filter(|_| may_answer(app));
        }
        let counted = read(app, feature).await.map(Arc::new);
        self.keep(Known { feature: feature.name().to_owned(), since: Instant::now(), counted: counted.clone() });
        counted
    }

    /// What was known last, for a page that is shown again: the store is not asked.
    pub(super) fn last(&self, app: &App, feature: &FeatureHandle<Named>) -> Option<Arc<Counted>> {
        self.known(feature.name())?.counted.filter(|_| may_answer(app))
    }

    fn known(&self, feature: &str) -> Option<Known> {
        let known = self.0.lock().ok()?;
        known.iter().find(|known| known.feature == feature).cloned()
    }

    fn keep(&self, new: Known) {
        let Ok(mut known) = self.0.lock() else { return };
        known.retain(|known| known.feature != new.feature);
        known.push_front(new);
        known.truncate(FEATURES);
    }
}

async fn read(app: &App, feature: &FeatureHandle<Named>) -> Option<Counted> {
    let both = async { tokio::try_join!(feature.uses_by_minute(), feature.uses_by_hour()) };
    let (day, quarter) = briefly(app, both).await?;
    Some(Counted { day, quarter })
}
