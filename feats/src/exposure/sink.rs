//! Sinks: who else is told of exposures.

use std::sync::Arc;

use crate::model::Timestamp;

/// Who else is told of exposures, for example an analytics pipeline. See [`AppBuilder::exposures_to`].
///
/// [`AppBuilder::exposures_to`]: crate::AppBuilder::exposures_to
///
/// Each unit is told once for each experiment: by the program whose exposure the store took first. With a store that
/// keeps no records, every program tells what it saw.
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
    /// Takes a batch. It is called on the app's background thread, which follows the store too: what takes time is
    /// handed on from here.
    fn record(&self, exposures: &[Exposure]);
}

/// A unit used an implementation that an experiment chose for it.
#[derive(Clone, Debug, PartialEq, Eq)]
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
