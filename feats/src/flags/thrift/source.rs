//! The flags of a service as flags of an app.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::address::Address;
use super::client;
use super::convert::from_wire;
use super::write::write;
use crate::app::AppBuilder;
use crate::error::Result;
use crate::flags::flipper::Item;
use crate::flags::import::state_of_item;
use crate::model::{State, Timestamp};
use crate::store::async_trait;
use crate::sync::{FlagSource, SourceChange, SourceFlag};
use crate::tasks::run_blocking;

/// The interval between two polls, if none is set.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// The minimum interval between two polls.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The flags of Flipper's Thrift service, beside those of the app's store.
///
/// The app polls the service, and its flags decide in Flipper's buckets: every user has in this program what they have in a program
/// with flipper-client. [`App::flags`](crate::App::flags) reads and changes them as any other flag, with these differences:
///
/// - **The last write wins.** The service has no versions, so a change never fails with a conflict. It overwrites the parts that it
///   touches (the setting, the client data, the conditions, the bucketer), even if they have changed meanwhile. Versions count the
///   changes that this program has seen since its start.
/// - What the service cannot keep is refused with [`Unsupported`](crate::ErrorKind::Unsupported): history and rollbacks, pins,
///   overrides, variants, the archive, and shares that are not whole buckets.
/// - New flags are created in the service.
/// - A flag or feature of the store or the code with the same name wins, also one that was destroyed; the
///   [status](crate::App::status) has a warning.
///
/// A flag that cannot be read keeps its last state, and while the service is unreachable all flags do; the status has a warning. The
/// [fallback file](crate::AppBuilder::fallback_file) does not keep them, so they are missing, and thus disabled, if the service is
/// unreachable at the start.
///
/// ```no_run
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// use feats::flags::ThriftSource;
/// use feats::{App, attributes};
///
/// let source = ThriftSource::open("thrifts://flags.example.com:9090?ca=ca.pem&cert=shop.pem&key=shop-key.pem")?;
/// let app = App::builder().flag_source(source).start().await?;
/// assert!(app.flags().is_enabled("NEW_CHECKOUT", &attributes! { "user_id" => 1 }));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct ThriftSource {
    address: Address,
    poll_interval: Duration,
}

impl ThriftSource {
    /// Parses the address of a service: `thrift://host:port`, or `thrifts://host:port?ca=ca.pem&cert=cert.pem&key=key.pem` with TLS.
    /// The port is 9090 by default. `ca` is the authority to trust in place of the system's; `cert` and `key` are the certificate of
    /// this program, if the service asks for one. Connects once the app is started.
    ///
    /// The service speaks Thrift's binary protocol over a buffered transport.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid): the address is not valid. The message does not repeat it.
    pub fn open(url: impl AsRef<str>) -> Result<Self> {
        Ok(Self { address: Address::parse(url.as_ref())?, poll_interval: POLL_INTERVAL })
    }

    /// Sets the interval between two polls; 5 s by default, and at least 50 ms.
    #[must_use]
    pub fn poll_every(mut self, interval: Duration) -> Self {
        self.poll_interval = interval.max(MIN_POLL_INTERVAL);
        self
    }
}

impl AppBuilder {
    /// Adds the flags of a service to those of the store; see [`ThriftSource`]. An app has at most one such source.
    ///
    /// [`start`](AppBuilder::start) waits for its flags as it waits for the store, and continues without them after the
    /// [timeout](AppBuilder::start_timeout).
    pub fn flag_source(self, source: ThriftSource) -> Self {
        self.with_flag_source(Arc::new(source))
    }
}

#[async_trait]
impl FlagSource for ThriftSource {
    fn name(&self) -> String {
        self.address.to_string()
    }

    fn poll_interval(&self) -> Duration {
        self.poll_interval
    }

    async fn read(&self) -> Result<Vec<SourceFlag>> {
        let address = self.address.clone();
        run_blocking(move || {
            let items = client::list(&address)?;
            let read = items.iter().map(|wire| SourceFlag {
                name: wire.feature_name.clone().unwrap_or_default(),
                text: from_wire(wire).map(|item| item.to_json()),
            });
            Ok(read.collect())
        })
        .await
    }

    fn state(&self, text: &str, now: Timestamp) -> Result<State> {
        state_of_item(&Item::from_json(text)?, &self.name(), now)
    }

    async fn write(&self, change: SourceChange) -> Result<Option<String>> {
        let address = self.address.clone();
        run_blocking(move || Ok(write(&address, &change)?.map(|item| item.to_json()))).await
    }
}

impl fmt::Debug for ThriftSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ThriftSource").field(&self.address.to_string()).finish()
    }
}
