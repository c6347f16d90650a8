//! Requests to the key-value store of an agent.

use std::collections::HashMap;
use std::sync::{Mutex as StdMutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::header::{DATE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};
use serde::Deserialize;
use tokio::runtime::{Handle, Id};
use tokio::time::{Instant, timeout};

use super::address::{Address, CONNECT_TIMEOUT, percent_encode};
use super::error::{classify, classify_status, not_consul};
use super::keys::{DEFAULT_BASE, Keys};
use crate::error::{Error, ErrorKind, Result};
use crate::tasks::run_blocking;
use crate::tls;

/// The time limit of a request, in addition to the time that it asks Consul to wait.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// The time after which an unused connection is closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// The maximum size of a response.
const MAX_RESPONSE_BYTES: usize = 64 << 20;
/// The maximum number of runtimes for which a handle keeps connections.
const MAX_RUNTIMES: usize = 8;
/// The maximum size of the text of an error that is examined.
const MAX_DETAIL_BYTES: usize = 4 << 10;

/// The options of a handle.
#[derive(Clone)]
pub(super) struct Options {
    pub(super) address: Address,
    /// The keys, or the reason why the base key or another option is not valid.
    pub(super) keys: std::result::Result<Keys, &'static str>,
}

/// An agent of Consul, and the connections to it.
pub(super) struct Agent {
    pub(super) options: Options,
    /// One client for each runtime, since a connection ends with the runtime on which it was opened.
    clients: StdMutex<HashMap<Id, Client>>,
    /// The time at which expired records were last deleted.
    pub(super) purged: StdMutex<Option<Instant>>,
}

/// A value, and the index at which it was last modified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) key: String,
    pub(super) bytes: Vec<u8>,
    pub(super) index: u64,
}

/// How current an answer must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Consistency {
    /// The agent's default: for a moment after a change of leaders, the former one can return older values.
    Default,
    /// The leader verifies that it still leads.
    Verified,
}

/// The response to a request.
pub(super) struct Response {
    pub(super) status: u16,
    /// The index for a blocking query, in responses of the key-value store.
    pub(super) index: Option<u64>,
    pub(super) date: Option<String>,
    pub(super) body: Vec<u8>,
}

/// An element of a list of values.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Pair {
    key: String,
    value: Option<String>,
    modify_index: u64,
}

impl Agent {
    pub(super) fn new(options: Options) -> Self {
        Self { options, clients: StdMutex::default(), purged: StdMutex::default() }
    }

    /// Returns the name of the store: its URL without secrets.
    pub(super) fn name(&self) -> String {
        let address = &self.options.address;
        let mut name = address.to_string();
        if let Ok(keys) = &self.options.keys
            && keys.base() != DEFAULT_BASE
        {
            name = format!("{name}/{}", percent_encode(keys.base()));
        }
        match &address.datacenter {
            Some(datacenter) => format!("{name}?datacenter={}", percent_encode(datacenter)),
            None => name,
        }
    }

    /// Returns the names of the keys.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if the options of the handle are not valid.
    pub(super) fn keys(&self) -> Result<&Keys> {
        self.options.keys.as_ref().map_err(|why| self.error(ErrorKind::Invalid, *why))
    }

    pub(super) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, message).with_store(self.name())
    }

    /// Returns the error of a key with a value that feats did not write.
    pub(super) fn foreign_value(&self, key: &str) -> Error {
        let message = "has a value that feats did not write; check for another program that uses the same base key";
        self.error(ErrorKind::Corrupt, format!("the key {} {message}", crate::text::quoted(key)))
    }

    /// Returns the value of a key.
    pub(super) async fn get(&self, key: &str, consistency: Consistency) -> Result<Option<Value>> {
        let consistent = (consistency == Consistency::Verified).then_some(("consistent", ""));
        let answer = self.read(key, consistent.as_slice(), Duration::ZERO).await?;
        Ok(self.pairs(answer)?.0.pop())
    }

    /// Returns the value of a key, and the index of the answer. If `index` is not 0, waits up to `wait` until the index is higher.
    pub(super) async fn get_after(&self, key: &str, index: u64, wait: Duration) -> Result<(Option<Value>, u64)> {
        let (after, time) = (index.to_string(), format!("{}ms", wait.as_millis().max(1)));
        let blocking = [("index", after.as_str()), ("wait", time.as_str())];
        let query = if index == 0 { &[][..] } else { &blocking[..] };
        // Consul adds up to 1/16 to the time, so that waiting programs do not return together.
        let wait = if index == 0 { Duration::ZERO } else { wait + wait / 16 };
        let (mut values, index) = self.pairs(self.read(key, query, wait).await?)?;
        Ok((values.pop(), index))
    }

    /// Returns all values whose keys have a prefix.
    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<Value>> {
        Ok(self.pairs(self.read(prefix, &[("recurse", "")], Duration::ZERO).await?)?.0)
    }

    /// Returns all keys with a prefix.
    pub(super) async fn list_keys(&self, prefix: &str, consistency: Consistency) -> Result<Vec<String>> {
        let query = [("keys", ""), ("consistent", "")];
        let query = if consistency == Consistency::Verified { &query[..] } else { &query[..1] };
        let answer = self.read(prefix, query, Duration::ZERO).await?;
        if answer.status == 404 {
            return Ok(Vec::new());
        }
        serde_json::from_slice(&answer.body).map_err(|_| self.not_consul())
    }

    /// Sets the value of a key. With an index, only if the key was last modified at it; 0 means that it does not exist. Returns
    /// `false` if it was not.
    pub(super) async fn put(&self, key: &str, bytes: &[u8], index: Option<u64>) -> Result<bool> {
        let index = index.map(|index| ("cas", index.to_string()));
        let path = format!("kv/{}", percent_encode(key));
        let build = |request: RequestBuilder| request.query(index.as_slice()).body(bytes.to_vec());
        let answer = self.success(self.send(Method::PUT, &path, Duration::ZERO, build).await?)?;
        match answer.body.trim_ascii() {
            b"true" => Ok(true),
            b"false" => Ok(false),
            _ => Err(self.not_consul()),
        }
    }

    /// Reads from the key-value store. The response has the status 200 or 404.
    async fn read(&self, key: &str, query: &[(&str, &str)], wait: Duration) -> Result<Response> {
        let path = format!("kv/{}", percent_encode(key));
        let answer = self.send(Method::GET, &path, wait, |request| request.query(query)).await?;
        if answer.status != 404 {
            return self.success(answer);
        }
        if answer.index.is_none() {
            return Err(self.not_consul());
        }
        Ok(answer)
    }

    /// Decodes a list of values, and the index of the answer.
    fn pairs(&self, answer: Response) -> Result<(Vec<Value>, u64)> {
        let index = answer.index.ok_or_else(|| self.not_consul())?;
        if answer.status == 404 {
            return Ok((Vec::new(), index));
        }
        let pairs: Vec<Pair> = serde_json::from_slice(&answer.body).map_err(|_| self.not_consul())?;
        let values: Option<Vec<Value>> = pairs.into_iter().map(Pair::decode).collect();
        Ok((values.ok_or_else(|| self.not_consul())?, index))
    }

    /// Checks that a response is a success.
    pub(super) fn success(&self, answer: Response) -> Result<Response> {
        if answer.status == 200 {
            return Ok(answer);
        }
        let detail = answer.body.get(..MAX_DETAIL_BYTES).unwrap_or(&answer.body);
        let detail = String::from_utf8_lossy(detail);
        let error = classify_status(answer.status, &detail, &self.options.address.server.to_string());
        tracing::debug!(store = self.name(), status = answer.status, %detail, "Consul rejected a request");
        Err(error.with_store(self.name()))
    }

    pub(super) fn not_consul(&self) -> Error {
        not_consul(&self.options.address.server.to_string()).with_store(self.name())
    }

    /// Sends a request to a path below `/v1/`, and receives the whole response.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        wait: Duration,
        build: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response> {
        let client = self.client().await.map_err(|error| error.with_store(self.name()))?;
        let address = &self.options.address;
        let mut request = build(client.request(method, format!("{}/v1/{path}", address.origin())));
        if let Some(datacenter) = &address.datacenter {
            request = request.query(&[("dc", datacenter)]);
        }
        let time = wait + REQUEST_TIMEOUT;
        match timeout(time, receive(request)).await {
            Err(_) => {
                let message = format!("Consul did not respond within {time:?}");
                Err(self.error(ErrorKind::Timeout, message))
            }
            Ok(Err(Failure::TooLarge)) => {
                let message = format!("a response of Consul is larger than {} MiB", MAX_RESPONSE_BYTES >> 20);
                Err(self.error(ErrorKind::TooLarge, message))
            }
            Ok(Err(Failure::Http(error))) => {
                // The next client reads the certificates again, which may have been replaced.
                self.clients().remove(&Handle::current().id());
                Err(classify(error, address).with_store(self.name()))
            }
            Ok(Ok(answer)) => Ok(answer),
        }
    }

    /// Returns the client of the current runtime.
    async fn client(&self) -> Result<Client> {
        let runtime = Handle::current().id();
        if let Some(client) = self.clients().get(&runtime) {
            return Ok(client.clone());
        }
        let client = self.new_client().await?;
        let mut clients = self.clients();
        if clients.len() >= MAX_RUNTIMES {
            clients.clear();
        }
        clients.insert(runtime, client.clone());
        Ok(client)
    }

    async fn new_client(&self) -> Result<Client> {
        let address = &self.options.address;
        let mut headers = HeaderMap::new();
        if let Some(token) = &address.token {
            let mut token = HeaderValue::from_str(token).map_err(|_| {
                Error::new(ErrorKind::Invalid, "the token contains characters that a header of HTTP cannot carry")
            })?;
            token.set_sensitive(true);
            headers.insert("X-Consul-Token", token);
        }
        // A proxy of the environment is for other servers: an agent usually runs on the same machine.
        let mut builder = Client::builder()
            .default_headers(headers)
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT);
        let encryption = match &address.tls {
            Some(files) => {
                let files = files.clone();
                run_blocking(move || files.config()).await?
            }
            None => tls::without_authorities()?,
        };
        builder = builder.tls_backend_preconfigured(encryption);
        builder.build().map_err(|error| {
            Error::new(ErrorKind::Invalid, "the client of HTTP cannot be created with these options").with_source(error)
        })
    }

    fn clients(&self) -> std::sync::MutexGuard<'_, HashMap<Id, Client>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A failure to receive a response.
enum Failure {
    Http(reqwest::Error),
    TooLarge,
}

async fn receive(request: RequestBuilder) -> std::result::Result<Response, Failure> {
    let mut answer = request.send().await.map_err(Failure::Http)?;
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let index = header("X-Consul-Index").and_then(|index| index.parse().ok());
    let (status, date) = (answer.status().as_u16(), header(DATE.as_str()));
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(Failure::Http)? {
        if body.len() + chunk.len() > MAX_RESPONSE_BYTES {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Response { status, index, date, body })
}

impl Pair {
    /// Decodes the value; `None` if it is not Base64.
    pub(super) fn decode(self) -> Option<Value> {
        let bytes = BASE64.decode(self.value.unwrap_or_default()).ok()?;
        Some(Value { key: self.key, bytes, index: self.modify_index })
    }
}
