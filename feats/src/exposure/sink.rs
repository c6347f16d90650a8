//! Sinks: receivers of exposures outside of feats.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::error::{Error, ErrorKind, Result};
use crate::model::Timestamp;
use crate::tasks::{Source, Warnings, catch_panic};

/// The time for which storing waits for a sink.
const SINK_TIMEOUT: Duration = Duration::from_secs(5);

/// A receiver of exposures, for example an analytics pipeline. See [`AppBuilder::exposure_sink`].
///
/// [`AppBuilder::exposure_sink`]: crate::AppBuilder::exposure_sink
///
/// Each unit is passed on once for each experiment, by the program whose exposure was stored first. Without a store for
/// assignments, every program passes on the units that it saw.
///
/// ```
/// use std::sync::Mutex;
/// use feats::exposure::{Exposure, Sink};
///
/// #[derive(Default)]
/// struct Collected(Mutex<Vec<String>>);
///
/// impl Sink for Collected {
///     fn record(&self, exposures: &[Exposure]) {
///         let lines = exposures.iter().map(|it| format!("{} {} {}", it.feature, it.unit, it.implementation));
///         self.0.lock().unwrap().extend(lines);
///     }
/// }
/// ```
pub trait Sink: Send + Sync + 'static {
    /// Receives a batch of exposures.
    ///
    /// It is called on its own thread, for one batch at a time, and the next batch is stored afterwards, so hand slow work to
    /// another thread. Storing continues after 5 s, and while the call is still running, later exposures are stored but not
    /// passed to this sink. If it panics, this batch is lost for this sink alone. Both cases are reported as a
    /// [warning](crate::Status::warnings).
    fn record(&self, exposures: &[Exposure]);
}

/// The sinks of an app. A sink that hangs or panics affects neither storing nor watching.
pub(super) struct Sinks {
    sinks: Vec<(Arc<dyn Sink>, Arc<AtomicBool>)>,
    warnings: Arc<Warnings>,
}

impl Sinks {
    pub(super) fn new(sinks: Vec<Arc<dyn Sink>>, warnings: Arc<Warnings>) -> Self {
        Self { sinks: sinks.into_iter().map(|sink| (sink, Arc::default())).collect(), warnings }
    }

    /// Passes exposures to all sinks.
    pub(super) async fn pass(&self, exposures: Vec<Exposure>) {
        if exposures.is_empty() || self.sinks.is_empty() {
            return;
        }
        let exposures: Arc<[Exposure]> = exposures.into();
        let mut failure = None;
        for (sink, busy) in &self.sinks {
            failure = pass(sink, busy, &exposures).await.err().or(failure);
        }
        self.warnings.report(Source::Sinks, failure.as_ref());
    }
}

/// Passes exposures to one sink. `busy` is set while its call runs.
async fn pass(sink: &Arc<dyn Sink>, busy: &Arc<AtomicBool>, exposures: &Arc<[Exposure]>) -> Result<()> {
    let timeout_error =
        || Error::new(ErrorKind::Timeout, "an exposure sink hangs; it does not receive exposures until it returns");
    if busy.swap(true, Ordering::Acquire) {
        return Err(timeout_error());
    }
    let (sink, busy, exposures) = (sink.clone(), busy.clone(), exposures.clone());
    let passed = spawn_blocking(move || {
        let passed = catch_panic("an exposure sink", || {
            sink.record(&exposures);
            Ok(())
        });
        busy.store(false, Ordering::Release);
        passed
    });
    let ended = |error| Error::new(ErrorKind::Unavailable, "an exposure sink was aborted").with_source(error);
    timeout(SINK_TIMEOUT, passed).await.map_err(|_| timeout_error())?.map_err(ended)?
}

/// The use of an implementation by a unit of an experiment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Exposure {
    /// The name of the feature.
    pub feature: Arc<str>,
    /// The version of the feature's state.
    pub version: u64,
    /// The seed of the experiment.
    pub experiment: Arc<str>,
    /// The unit as text. A unit of more than 200 characters, or with a NUL, is `xxh3:` and its hash.
    pub unit: Arc<str>,
    /// The name of the implementation.
    pub implementation: Arc<str>,
    /// The time of the use by the app's clock, accurate to 0.1 s.
    pub time: Timestamp,
}

/// A sink that emits a [`tracing`] event with level `INFO` and target `feats::exposure` for each exposure.
///
/// [`tracing`]: https://docs.rs/tracing
#[derive(Clone, Copy, Debug, Default)]
pub struct Tracing;

impl Sink for Tracing {
    fn record(&self, exposures: &[Exposure]) {
        for Exposure { feature, version, experiment, unit, implementation, time } in exposures {
            tracing::info!(
                target: "feats::exposure",
                %feature, version, %experiment, %unit, %implementation, %time,
                "exposure"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exposure_has_stable_keys_as_json() {
        let exposure = Exposure {
            feature: "Fee".into(),
            version: 3,
            experiment: "seed".into(),
            unit: "42".into(),
            implementation: "acme".into(),
            time: Timestamp::from_millis(1_700_000_000_000),
        };
        let expected = serde_json::json!({
            "feature": "Fee", "version": 3, "experiment": "seed", "unit": "42", "implementation": "acme",
            "time": "2023-11-14T22:13:20Z",
        });
        assert_eq!(serde_json::to_value(&exposure).ok(), Some(expected));
    }
}
