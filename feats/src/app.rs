//! The app: the API that connects the registry, the decision engine, the store and its synchronization.

mod attributes;
mod block_on;
mod builder;
mod change;
mod clock;
mod decision;
mod evaluations;
mod experiments;
mod flag;
mod flag_source;
mod handle;
mod new_seeds;
mod overrides;
mod process;
mod publish;
mod remote_changes;
mod restore;
mod running;
#[cfg(test)]
mod tests;
mod trace;
mod usage;

pub use attributes::{IntoInput, IntoInputs};
#[cfg(feature = "thrift")]
pub(crate) use block_on::block_on;
pub use builder::AppBuilder;
pub use change::Change;
pub use decision::Decision;
pub(crate) use decision::rule_name;
pub use evaluations::Evaluations;
pub use handle::FeatureHandle;
pub use publish::{IncompatibleInstance, PreparedWrite, Preview, Published};
pub(crate) use publish::{ObservedWrite, WriteHook};
pub use restore::{RestoreBuilder, RestoreOutcome, RestoreReport, RestoredFeature};
pub use running::App;
