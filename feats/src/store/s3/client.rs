//! The client of the API: one for each runtime, because its connections end with the runtime that opened them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, S3ConditionalPut};
use object_store::client::{ClientOptions, HttpClient, HttpConnector};
use object_store::{BackoffConfig, RetryConfig};
use rustls::ClientConfig;
use tokio::runtime::{Handle, Id};

use super::address::Address;
use crate::error::{Error, ErrorKind, Result};
use crate::tasks::run_blocking;
use crate::tls::{self, ClientTls};

/// The time limit for connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The time limit of a request, with the transfer of its body.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);
/// The maximum number of repetitions of a failed request.
const MAX_RETRIES: usize = 2;
/// The time within which a request is repeated.
const RETRY_TIMEOUT: Duration = Duration::from_secs(4);
/// The number of clients that are kept: those of the runtimes that used the handle last.
const MAX_CLIENTS: usize = 4;

/// The clients of a handle, newest last.
#[derive(Default)]
pub(super) struct Clients(Mutex<Vec<(Id, Arc<AmazonS3>)>>);

/// Makes clients with our time limits and TLS.
#[derive(Clone, Debug)]
struct Connector(HttpClient);

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}

impl Clients {
    /// Returns the client of the current runtime.
    pub(super) async fn current(&self, address: &Address) -> Result<Arc<AmazonS3>> {
        let runtime = Handle::current().id();
        if let Some((_, client)) = self.clients().iter().find(|(owner, _)| *owner == runtime) {
            return Ok(Arc::clone(client));
        }
        let client = Arc::new(client(address, encryption(address).await?)?);
        let mut clients = self.clients();
        clients.retain(|(owner, _)| *owner != runtime);
        clients.push((runtime, Arc::clone(&client)));
        if clients.len() > MAX_CLIENTS {
            clients.remove(0);
        }
        Ok(client)
    }

    fn clients(&self) -> MutexGuard<'_, Vec<(Id, Arc<AmazonS3>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the configuration of encrypted connections, with the authorities in `ca`, or those of the system.
async fn encryption(address: &Address) -> Result<ClientConfig> {
    if address.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://")) {
        return tls::without_authorities();
    }
    let files = ClientTls { ca: address.ca.clone(), identity: None };
    run_blocking(move || files.config()).await
}

fn client(address: &Address, encryption: ClientConfig) -> Result<AmazonS3> {
    let invalid = |what: &str| {
        let message = format!("the client of S3 cannot be created: {what}");
        move |error: Box<dyn std::error::Error + Send + Sync>| {
            Error::new(ErrorKind::Invalid, message).with_source(error)
        }
    };
    let connection = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .tls_backend_preconfigured(encryption)
        .build()
        .map_err(|error| invalid("check its options")(error.into()))?;
    let backoff = BackoffConfig { init_backoff: Duration::from_millis(50), ..BackoffConfig::default() };
    // The environment gives credentials; where the bucket is comes from the URL alone.
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(&address.bucket)
        .with_region(&address.region)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_retry(RetryConfig { backoff, max_retries: MAX_RETRIES, retry_timeout: RETRY_TIMEOUT })
        .with_http_connector(Connector(HttpClient::new(connection)));
    if let Some(endpoint) = &address.endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    if let Some(credentials) = &address.credentials {
        builder = builder.with_access_key_id(&credentials.key).with_secret_access_key(&credentials.secret);
    }
    builder.build().map_err(|error| invalid("check the credentials and the region")(error.into()))
}
