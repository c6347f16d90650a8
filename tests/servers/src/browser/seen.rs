//! The requests and errors of a browser.

use fantoccini::Client;
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value as Json, json};
use url::{ParseError, Url};

/// The requests and errors of a browser.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The addresses of all requests that left the browser.
    pub requests: Vec<String>,
    /// Errors of scripts, and violations of the Content-Security-Policy. Responses such as 404 or 409 are not included.
    pub complaints: Vec<String>,
}

impl Seen {
    pub(super) async fn read(client: &Client) -> Self {
        let traffic = log(client, "performance").await;
        let requests = traffic.iter().filter_map(|entry| {
            let event: Json = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let is_request = event["message"]["method"] == "Network.requestWillBeSent";
            let address = event["message"]["params"]["request"]["url"].as_str().filter(|_| is_request)?;
            leaves(address).then(|| address.to_owned())
        });
        let complaints = log(client, "browser").await;
        let complaints = complaints
            .iter()
            .filter(|entry| {
                matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")) && entry["source"] != "network"
            })
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned());
        Self { requests: requests.collect(), complaints: complaints.collect() }
    }
}

/// Returns `true` if a request is neither a part of the page nor internal to the browser.
fn leaves(address: &str) -> bool {
    !["data:", "blob:", "about:", "chrome:"].iter().any(|scheme| address.starts_with(scheme))
}

async fn log(client: &Client, kind: &'static str) -> Vec<Json> {
    let log = client.issue_cmd(Log(kind)).await.unwrap_or_else(|error| panic!("the log {kind}: {error}"));
    match log {
        Json::Array(entries) => entries,
        other => panic!("a log is a list, not {other}"),
    }
}

/// The unread entries of one of the driver's logs.
#[derive(Debug)]
struct Log(&'static str);

impl WebDriverCompatibleCommand for Log {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": self.0 }).to_string()))
    }
}
