//! Imports: flags of other systems, taken over with the buckets of their users.
//!
//! An import evaluates the original's own predicate for every bucket, and writes the allocation that results. It never translates a
//! percentage.

mod flipper;
mod flypper;
mod gate;
mod operand;
mod ramp;
mod report;
#[cfg(feature = "thrift")]
mod state;
mod translation;
mod write;

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;

pub use self::report::{ImportDecision, ImportDecisionKind, ImportOutcome, ImportReport};
#[cfg(feature = "thrift")]
pub(super) use self::state::state_of_item;
use super::client::Client;
use super::handle::Flags;
use super::{flipper as flipper_client, flypper as flypper_client};
use crate::error::Result;

/// A flag of another system.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ForeignFlag {
    /// A flag of Flipper.
    Flipper(flipper_client::Item),
    /// A flag of Flypper.
    Flypper(flypper_client::Flag),
}

/// The import of a ramp of Flipper that is under way, or has not started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum RampImport {
    /// Whole buckets join, each at the instant at which it joins in Flipper, to the millisecond.
    #[default]
    Steps,
    /// Units join one by one, between the start and the end of Flipper's ramp.
    Gradual,
}

/// An import of a flag: at most one write, when it is awaited. See [`Flags::import`].
#[must_use = "an import does nothing until it is awaited"]
pub struct Import {
    client: Client,
    foreign: ForeignFlag,
    settings: Settings,
}

/// The settings of an import.
#[derive(Clone, Copy, Debug, Default)]
struct Settings {
    ramps: RampImport,
    buckets_after_conditions: bool,
    replaces: bool,
}

impl Flags {
    /// Starts the import of a flag of another system, so that every user keeps what they have.
    ///
    /// A consistent bucketer keeps the buckets of the original; the share is what they sum to. A percentage of 0.5 in Flipper
    /// admits the buckets from 0 to 50, which is 51%. From then on, the share can have any percentage, and growing it moves only
    /// the users who join.
    ///
    /// ```standalone_crate
    /// # use feats::{App, attributes};
    /// use feats::flags::{ImportOutcome, flipper};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// # let app = App::builder().store(feats::store::Memory::new()).detached().start().await?;
    /// let flags = app.flags().author("ada");
    /// let item = flipper::Item::from_json(r#"{"feature_name": "HOMEPAGE", "is_enabled": true, "meta": {"created_date": 1514764800,
    ///     "bucketer": {"type": "ConsistentHashPercentageBucketer", "key_whitelist": ["user_id"],
    ///                  "percentage": {"type": "Percentage", "value": 0.5}}}}"#)?;
    ///
    /// let report = flags.import(item.clone()).await?;
    /// assert_eq!((report.outcome(), report.share()), (ImportOutcome::Created, Some(51.0)));
    /// assert!(flags.is_enabled("HOMEPAGE", &attributes! { "user_id" => 1 }));
    /// assert!(!flags.is_enabled("HOMEPAGE", &attributes! { "user_id" => 2 }));
    /// assert_eq!(flags.import(item).await?.outcome(), ImportOutcome::Unchanged);
    ///
    /// flags.get("HOMEPAGE").set_percentage(51.5).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// | flag of the original | imported as |
    /// |---|---|
    /// | Flipper's conditions | conditions; a check without its attribute is skipped |
    /// | Flipper's consistent bucketer | a rollout by the same keys, with the slot function `flipper` |
    /// | Flipper's random bucketer | a random rollout of the same percentage, with four decimals |
    /// | Flipper's ramp | a ramp, if it rises and is under way or has not started; otherwise the share of now |
    /// | Flypper's actors | a condition; without the key, the flag is disabled |
    /// | Flypper's percentage of actors | a rollout by the same key, with the slot function `flypper` |
    /// | a deleted flag of Flypper | an archived flag |
    ///
    /// Where feats differs from the original, the report lists a [decision](ImportReport::decisions). Two differences are not
    /// listed for each flag: in feats a bool never equals a number, and a comparison of different types is false where Python
    /// raises an exception.
    ///
    /// An import can be repeated: it writes only what has changed in the original. It does not change a flag that has been
    /// changed here since its last import, or was not created by one, unless it [replaces](Import::replace) it.
    ///
    /// # Errors
    /// - [`Invalid`](crate::ErrorKind::Invalid): feats cannot express the flag. All problems are listed, with their paths in the
    ///   original's JSON.
    /// - [`AlreadyExists`](crate::ErrorKind::AlreadyExists): a flag has this name and does not come from an import, or was changed
    ///   here since; or a feature that code declares has this name.
    /// - [`Conflict`](crate::ErrorKind::Conflict): another program has written the flag in the meantime.
    /// - [`Refused`](crate::ErrorKind::Refused): a listener refused the write.
    /// - The errors of the store; see [`Change::publish`](crate::Change::publish).
    pub fn import(&self, flag: impl Into<ForeignFlag>) -> Import {
        Import { client: self.client().clone(), foreign: flag.into(), settings: Settings::default() }
    }
}

impl Import {
    /// Sets how a ramp of Flipper goes on: in [steps](RampImport::Steps) unless this says otherwise.
    pub fn ramps(mut self, ramps: RampImport) -> Self {
        self.settings.ramps = ramps;
        self
    }

    /// Keeps the bucketer of a flag of Flipper that has conditions too, for the subjects that no condition covers. This is what
    /// Flipper documents. Its code ignores the bucketer in every call with an attribute, so the import does by default.
    pub fn bucket_after_conditions(mut self) -> Self {
        self.settings.buckets_after_conditions = true;
        self
    }

    /// Also replaces a flag that was changed here since its import, or was not created by one. Its pin stays.
    pub fn replace(mut self) -> Self {
        self.settings.replaces = true;
        self
    }

    /// Checks everything that the import checks, and returns the report that it would return. Writes nothing.
    ///
    /// # Errors
    /// Those of the import; see [`Flags::import`].
    pub async fn preview(self) -> Result<ImportReport> {
        self.run(false).await
    }
}

impl IntoFuture for Import {
    type Output = Result<ImportReport>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<ImportReport>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run(true))
    }
}

impl From<flipper_client::Item> for ForeignFlag {
    fn from(item: flipper_client::Item) -> Self {
        ForeignFlag::Flipper(item)
    }
}

impl From<flypper_client::Flag> for ForeignFlag {
    fn from(flag: flypper_client::Flag) -> Self {
        ForeignFlag::Flypper(flag)
    }
}

impl ForeignFlag {
    /// Returns the name of the flag.
    pub fn name(&self) -> &str {
        match self {
            ForeignFlag::Flipper(item) => item.name(),
            ForeignFlag::Flypper(flag) => flag.name(),
        }
    }

    /// Returns the comment of a revision that an import of such a flag writes, by which a later import recognizes it.
    fn comment(&self) -> &'static str {
        match self {
            ForeignFlag::Flipper(_) => "Imported from Flipper",
            ForeignFlag::Flypper(_) => "Imported from Flypper",
        }
    }
}

impl fmt::Debug for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Import").field("flag", &self.foreign.name()).field("settings", &self.settings).finish()
    }
}
