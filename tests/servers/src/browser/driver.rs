//! The program that controls browsers, started once for each test process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fantoccini::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::look::Look;
use crate::process::{Process, log};
use crate::{TIMEOUT, ports, until};

/// A running chromedriver, which ends all its browsers when it ends.
pub(super) struct Driver {
    port: u16,
    profiles: AtomicUsize,
    directory: TempDir,
    _process: Process,
}

/// The number of ports to try: another process may take a free port before the driver does.
const ATTEMPTS: usize = 20;

/// No window, no sandbox (which containers rarely allow), and no network traffic other than that of pages.
const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
];

impl Driver {
    /// Returns the driver of this process. It is never dropped, but ends with the process.
    pub(super) fn shared() -> &'static Self {
        static SHARED: LazyLock<Driver> = LazyLock::new(Driver::start);
        &SHARED
    }

    fn start() -> Self {
        let mut last = String::new();
        for _ in 0..ATTEMPTS {
            let directory = tempfile::Builder::new().prefix("feats-").tempdir().expect("a directory");
            let port = ports::free();
            let mut process = Process::start("chromedriver", &[&format!("--port={port}")], directory.path());
            let mut ended = false;
            until("the driver answers", || {
                ended = process.ended().is_some();
                ended || ask(port, "GET", "/status").is_some_and(|answer| answer.contains("\"ready\":true"))
            });
            if !ended {
                return Self { port, profiles: AtomicUsize::new(0), directory, _process: process };
            }
            last = log(directory.path());
        }
        panic!("chromedriver does not start:\n{last}")
    }

    /// Starts a browser.
    pub(super) async fn session(&self, look: Look) -> Client {
        let profile = self.profiles.fetch_add(1, Ordering::Relaxed);
        let profile = self.directory.path().join(format!("profile-{profile}"));
        let Json::Object(capabilities) = capabilities(look, &profile) else {
            unreachable!("capabilities are an object")
        };
        let address = format!("http://127.0.0.1:{}", self.port);
        let session = Client::with_capabilities_and_connector(&address, &capabilities, HttpConnector::new()).await;
        session.unwrap_or_else(|error| panic!("no browser starts: {error}\n{}", log(self.directory.path())))
    }

    /// Ends a browser. A driver that does not answer has no browsers.
    pub(super) fn end(&self, session: &str) {
        let _ = ask(self.port, "DELETE", &format!("/session/{session}"));
    }
}

/// Sends a request without a runtime, because a browser may be dropped outside of one. The driver never closes a connection by
/// itself.
fn ask(port: u16, method: &str, path: &str) -> Option<String> {
    let mut line = TcpStream::connect(("127.0.0.1", port)).ok()?;
    line.set_read_timeout(Some(TIMEOUT)).ok()?;
    write!(line, "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").ok()?;
    let (mut answer, mut length) = (BufReader::new(line), 0);
    for header in answer.by_ref().lines() {
        let header = header.ok()?.to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(said) = header.strip_prefix("content-length:") {
            length = said.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    answer.read_exact(&mut body).ok()?;
    String::from_utf8(body).ok()
}

fn capabilities(look: Look, profile: &Path) -> Json {
    let size = format!("--window-size={},{}", look.width, look.height);
    let profile = format!("--user-data-dir={}", profile.display());
    let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([size.as_str(), profile.as_str()]).collect();
    // In the preferences of Chromium, 2 means "blocked".
    let preferences =
        if look.scripts { json!({}) } else { json!({ "profile.managed_default_content_settings.javascript": 2 }) };
    let timeout = Duration::as_millis(&TIMEOUT) as u64;
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "args": arguments, "prefs": preferences },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        "timeouts": { "pageLoad": timeout, "script": timeout },
    })
}
