//! Flags: features that are created at run time, not declared in code.
//!
//! A flag has a name, conditions and a bucketer, and is asked for by name. It is enabled or disabled for a subject, or has one of
//! several named [values](Flags::create_variants). States, history, stores, scopes, previews and counts are those of features.
//!
//! ```standalone_crate
//! use feats::flags::{Bucketer, Condition};
//! use feats::{App, attributes};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
//! let app = App::builder().store(feats::store::Memory::new()).detached().start().await?;
//! let flags = app.flags().author("ada");
//!
//! let checkout = flags.create("NEW_CHECKOUT").enabled().await?;
//! checkout.set_bucketer(Bucketer::consistent(["user_id"]).percentage(5.0)).await?;
//! checkout.add_condition(Condition::new().check("is_admin", true)).await?;
//!
//! assert!(flags.is_enabled("NEW_CHECKOUT", &attributes! { "user_id" => 1, "is_admin" => true }));
//! assert!(!flags.is_enabled("NO_SUCH_FLAG", &attributes! {}));
//! # Ok(()) }
//! ```
//!
//! # How a flag decides
//!
//! 1. Its [pin](Flag::pin), then an override of the browser or scope.
//! 2. If it is disabled or archived: disabled.
//! 3. Its [overrides](Flag::override_for), in order.
//! 4. Its [conditions](Flag::add_condition). A check is made if the subject has its attribute: one that fails disables the flag; if
//!    at least one passes and none fails, the flag is enabled. [`MissingAttribute::Fail`] makes a check without its attribute fail.
//! 5. Its [bucketer](Flag::set_bucketer). A consistent one does not enable the flag for a subject that lacks one of its attributes,
//!    unless the percentage is 100.
//! 6. Without a bucketer: enabled.
//!
//! A missing flag is disabled.
//!
//! # Names that code declares
//!
//! A flag cannot be created with the name of a feature. If code later declares a feature with the name of a flag, the program uses
//! what it can of the state (the pin, whether the flag is enabled, slots, and conditions on segments that the feature has), and
//! [`App::status`](crate::App::status) lists the rest. Publishing a state for the feature ends this.
//!
//! # Moving over
//!
//! [`Flags::import`] takes over flags of [Flipper](flipper) and [Flypper](flypper), so that every user keeps what they have;
//! [`flipper::Item::from_state`] and [`flypper::Flag::from_state`] are the way back.
//!
//! # Cost
//!
//! A decision reads one snapshot in memory. It allocates nothing, waits for nothing and cannot fail. A [handle](Flags::get) saves
//! looking up the name.

mod bucketer;
mod checks;
mod client;
mod condition;
mod context;
mod decide;
mod edit;
mod event;
mod flag;
pub mod flipper;
pub mod flypper;
mod handle;
mod import;
mod list;
mod listener;
mod meta;
mod new_flag;
mod ordered_json;
mod reference;
#[cfg(feature = "web")]
mod served;
#[cfg(feature = "thrift")]
mod thrift;
mod variants;
mod whole_buckets;
mod write;

pub use self::bucketer::Bucketer;
pub use self::condition::{CheckOperand, Condition};
pub use self::context::Context;
pub use self::event::{Event, FlagChange};
pub use self::flag::Flag;
pub use self::handle::Flags;
pub use self::import::{
    ForeignFlag, Import, ImportDecision, ImportDecisionKind, ImportOutcome, ImportReport, RampImport,
};
pub use self::list::FlagList;
pub use self::listener::{ListenerError, ListenerId, Subscriber};
pub use self::meta::FlagMeta;
pub use self::new_flag::NewFlag;
#[cfg(feature = "thrift")]
pub use self::thrift::{ThriftServer, ThriftSource};
pub use self::write::FlagWrite;
pub use crate::model::MissingAttribute;

pub(crate) use self::decide::is_enabled_in_scope;
#[cfg(feature = "web")]
pub(crate) use self::served::ServedFlag;
