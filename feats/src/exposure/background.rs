//! The background thread's work for exposures: storing them, looking units up, watching for another epoch.

use std::sync::Arc;
use std::thread;

use tokio::sync::mpsc;

use super::exposures::{Exposures, Settings};
use super::lookup;
use super::question::Questions;
use crate::clock::Clock;
use crate::error::Error;
use crate::store::{Assignments, CapabilityHandle, Counters};
use crate::tasks::{Backoff, Source, Warnings, supervise};

/// What the background thread does for exposures.
pub(crate) struct Background {
    exposures: Arc<Exposures>,
    questions: tokio::sync::Mutex<Questions>,
}

impl Background {
    /// Creates the exposures of an app, and the work of its background thread.
    pub(crate) fn new(
        settings: Settings,
        assignments: Option<CapabilityHandle<dyn Assignments>>,
        counters: Option<CapabilityHandle<dyn Counters>>,
        clock: Arc<dyn Clock>,
        warnings: Arc<Warnings>,
    ) -> (Arc<Exposures>, Self) {
        let (sender, questions) = mpsc::unbounded_channel();
        let exposures = Arc::new(Exposures::new(settings, assignments, counters, clock, warnings, sender));
        (exposures.clone(), Self { exposures, questions: tokio::sync::Mutex::new(questions) })
    }

    /// Stores exposures and answers questions until it is dropped.
    pub(crate) async fn run(self) {
        let Self { exposures, questions } = &self;
        let _ = exposures.background.set(thread::current().id());
        let warn = |source: Source| move |error: &Error| exposures.warnings.set(source, error.report());
        let (patient, backoff, other) = (Backoff::background(), Backoff::default(), Backoff::default());
        tokio::join!(
            supervise("storing exposures", &patient, || exposures.store_when_due(), warn(Source::Exposures)),
            supervise("looking up units", &backoff, || lookup::answer(exposures, questions), warn(Source::Lookups)),
            supervise("noticing epochs", &other, || exposures.watch_epoch(), warn(Source::Exposures)),
        );
    }
}
