//! Sinks: who else is told of exposures.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::error::{Error, ErrorKind, Result};
use crate::model::Timestamp;
use crate::tasks::{Source, Warnings, catch_panic};

/// How long storing waits for a sink.
const SINK_TIMEOUT: Duration = Duration::from_secs(5);

/// Who else is told of exposures, for example an analytics pipeline. See [`AppBuilder::exposure_sink`].
///
/// [`AppBuilder::exposure_sink`]: crate::AppBuilder::exposure_sink
///
/// Each unit is told once for each experiment: by the program whose exposure the store took first. Where no store
/// keeps assignments, every program tells what it saw.
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
    /// Takes a batch. It is called on a thread of its own, for one batch at a time, and the next batch is stored afterwards:
    /// what takes time is handed on from here. A batch that takes more than 5 s is not waited for, and as long as it goes
    /// on, what comes is stored, but not passed on. What a sink panics at is lost for it alone. Both are shown as a
    /// [warning](crate::Status::warnings).
    fn record(&self, exposures: &[Exposure]);
}

/// The sinks of an app. Whatever becomes of them, exposures are stored and the store is followed.
pub(super) struct Sinks {
    sinks: Vec<(Arc<dyn Sink>, Arc<AtomicBool>)>,
    warnings: Arc<Warnings>,
}

impl Sinks {
    pub(super) fn new(sinks: Vec<Arc<dyn Sink>>, warnings: Arc<Warnings>) -> Self {
        Self { sinks: sinks.into_iter().map(|sink| (sink, Arc::default())).collect(), warnings }
    }

    /// Passes exposures on, if there are any.
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

/// Passes exposures to one sink; `busy` is set while it has some.
async fn pass(sink: &Arc<dyn Sink>, busy: &Arc<AtomicBool>, exposures: &Arc<[Exposure]>) -> Result<()> {
    let late = || Error::new(ErrorKind::Timeout, "a sink of exposures hangs; what comes meanwhile is not passed to it");
    if busy.swap(true, Ordering::Acquire) {
        return Err(late());
    }
    let (sink, busy, exposures) = (sink.clone(), busy.clone(), exposures.clone());
    let passed = spawn_blocking(move || {
        let passed = catch_panic("a sink of exposures", || {
            sink.record(&exposures);
            Ok(())
        });
        busy.store(false, Ordering::Release);
        passed
    });
    let ended = |error| Error::new(ErrorKind::Unavailable, "a sink of exposures has ended").with_source(error);
    timeout(SINK_TIMEOUT, passed).await.map_err(|_| late())?.map_err(ended)?
}

/// A unit used an implementation that an experiment chose for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Exposure {
    /// The feature.
    pub feature: Arc<str>,
    /// The version of its state.
    pub version: u64,
    /// The experiment: its seed.
    pub experiment: Arc<str>,
    /// The unit as text; one of more than 200 characters, or with a NUL, as `xxh3:` and its hash.
    pub unit: Arc<str>,
    /// The implementation.
    pub implementation: Arc<str>,
    /// When, by the app's clock, to within a tenth of a second.
    pub time: Timestamp,
}

/// Tells [`tracing`] of exposures: an event of level `INFO` and target `feats::exposure` for each.
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
