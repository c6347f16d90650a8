//! Exposures: the first use of an experiment by each unit, for sticky assignments and for counts.
//!
//! A decision in an experiment returns the owner of the unit's slot, which is computed like any other decision. Two things need
//! stored data: a unit whose slot was reassigned keeps the implementation that it used before, and the units of an
//! experiment are counted. Both use *exposures*: `create`, `is_enabled` and `used_implementation` record that a unit used the
//! implementation that an experiment chose for it.
//!
//! - **Recording** runs on the caller's thread, into a bounded queue: no lock, no wait, and no allocation for units of up to 40
//!   bytes. Exposures that do not fit are dropped and counted: [`ExposureStats::dropped`].
//! - **Storing** runs on the app's background thread: each unit once, in batches, once per
//!   [interval](crate::AppBuilder::exposure_interval). The first writer of a unit wins, among all programs with the same store.
//!   That program counts the unit by implementation and day, and passes it to [sinks](Sink). While the store is unreachable,
//!   exposures wait.
//! - **Lookups** are only for units whose slot was reassigned. What this program saw is in memory. Any other unit takes one call
//!   of the store, for which `create` waits at most [`lookup_timeout`](crate::AppBuilder::lookup_timeout); on the threads of
//!   a runtime that limit applies to all decisions of a [scope](crate::Scope) together. `create_async` blocks no thread. The
//!   results for 100 000 units are cached; that a unit has used no implementation is cached for 5 s. A unit that cannot be looked
//!   up uses the owner of its slot, and is looked up again after 5 s.
//!
//! An experiment is identified by its feature and its seed, so two features with the same seed do not share units or counts.
//!
//! After a store was emptied or restored, every unit that uses the experiment is stored again.
//!
//! Between two programs there is a window: an exposure in one of them is visible to the other after the interval, or up to 5 s
//! later if the other has cached that the unit was unused. A unit that uses both programs within that window, while its
//! slot is reassigned, can see two implementations. From then on it sees the one that was stored first.

mod background;
mod cache;
mod exposures;
mod history;
mod layout;
mod lookup;
mod pending;
mod recent;
mod recorder;
mod report;
mod request;
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
