//! Exposures: which unit used which implementation of an experiment, so that it keeps it, and so that it is counted.
//!
//! A decision of an experiment is its slot's owner, computed like any other. Two things need a memory beyond that: a unit
//! whose slot changed hands keeps what it used before, and an experiment has to be counted. Both come from *exposures*:
//! `create`, `is_enabled` and `used_implementation` say that a unit used what an experiment chose for it.
//!
//! - **Recording** happens on the caller's thread, into a bounded queue: no lock, no wait, no allocation for units of up
//!   to 40 bytes. What does not fit is dropped and counted: [`ExposureStats::dropped`].
//! - **Storing** happens on the app's background thread, each unit once, in batches, once in an
//!   [interval](crate::AppBuilder::exposure_interval). The first writer of a unit wins, over all programs with the same
//!   store, and it is the one who counts the unit, by implementation and day, and tells it to
//!   [sinks](Sink). While the store is away, exposures wait.
//! - **Asking** is for units whose slot changed hands, and for no others: what this program saw is known, the rest takes
//!   one call of the store for each unit, for which `create` waits [a bounded time](crate::AppBuilder::lookup_timeout), and all
//!   decisions of a [scope](crate::Scope) on the threads of a runtime together no longer. `create_async` blocks no thread.
//!   What a unit used is remembered (of 100 000 units); that it used nothing is believed for 5 s.
//!
//! An experiment is a feature and a seed: what units of one feature used, and how many did, is not mixed up with those of
//! another feature that was given the same seed.
//!
//! A store that was emptied or restored is told again of every unit that goes on using the experiment.
//!
//! Between two programs there is a window: what one of them saw is known to the other after the interval, and what was
//! answered before within 5 s. A unit that uses both programs within that window, while its slot changes hands, can see
//! two implementations; from then on it sees the one that was stored first.

mod background;
mod cache;
mod exposures;
mod history;
mod layout;
mod lookup;
mod pending;
mod question;
mod recent;
mod recorder;
mod report;
mod sample_ratio;
mod sink;
mod storing;
#[cfg(test)]
mod tests;
mod unit;

pub(crate) use background::Background;
pub use exposures::ExposureStats;
pub(crate) use exposures::{Exposures, Settings};
pub(crate) use layout::{COUNTS, Counter};
pub(crate) use report::ReportedExperiment;
pub use report::{Allocation, Arm, Day, ExperimentReport};
pub use sample_ratio::SampleRatio;
pub use sink::{Exposure, Sink, Tracing};
