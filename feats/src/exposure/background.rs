//! The tasks for exposures on the background thread: storing, lookups, and watching the epoch.

use std::sync::Arc;
use std::thread;

use tokio::sync::mpsc;

use super::exposures::{Exposures, Settings};
use super::lookup;
use super::request::LookupRequests;
use crate::clock::Clock;
use crate::error::Error;
use crate::store::{Assignments, CapabilityHandle, Counters};
use crate::tasks::{Backoff, Source, Warnings, supervise};

/// The tasks for exposures on the background thread.
pub(crate) struct Background {
    exposures: Arc<Exposures>,
    requests: tokio::sync::Mutex<LookupRequests>,
}

impl Background {
    /// Creates the exposures of an app, and the tasks for its background thread.
    pub(crate) fn new(
        settings: Settings,
        assignments: Option<CapabilityHandle<dyn Assignments>>,
        counters: Option<CapabilityHandle<dyn Counters>>,
        clock: Arc<dyn Clock>,
        warnings: Arc<Warnings>,
    ) -> (Arc<Exposures>, Self) {
        let (sender, requests) = mpsc::unbounded_channel();
        let exposures = Arc::new(Exposures::new(settings, assignments, counters, clock, warnings, sender));
        (exposures.clone(), Self { exposures, requests: tokio::sync::Mutex::new(requests) })
    }

    /// Stores exposures and answers lookups until it is dropped.
    pub(crate) async fn run(self) {
        let Self { exposures, requests } = &self;
        let _ = exposures.background.set(thread::current().id());
        let warn = |source: Source| move |error: &Error| exposures.warnings.set(source, error.report());
        let (patient, backoff, other) = (Backoff::background(), Backoff::default(), Backoff::default());
        tokio::join!(
            supervise("storing exposures", &patient, || exposures.store_when_due(), warn(Source::Exposures)),
            supervise(
                "looking up units",
                &backoff,
                || lookup::answer_requests(exposures, requests),
                warn(Source::Lookups)
            ),
            supervise("watching the epoch", &other, || exposures.watch_epoch(), warn(Source::Exposures)),
        );
    }
}
