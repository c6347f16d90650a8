//! Browsers for tests: headless Chromium, each with its own profile.
//!
//! ```no_run
//! # async fn test() {
//! use feats_servers::browser::{Browser, available};
//!
//! if available() {
//!     let browser = Browser::start().await;
//!     browser.goto("http://127.0.0.1:8080").await;
//!     browser.click("button").await;
//!     browser.until_it_says("main", "Thank you").await;
//! }
//! # }
//! ```
//!
//! Every operation on an element waits until the element exists.

mod driver;
mod element;
mod look;
mod seen;
mod window;

pub use fantoccini::elements::Element;
pub use fantoccini::key::Key;
pub use look::Look;
pub use seen::Seen;

use std::time::{Duration, Instant};

use fantoccini::Client;
use serde_json::Value as Json;

use self::driver::Driver;
use crate::TIMEOUT;
use crate::available::are_installed;

/// A browser with an empty profile. It is closed when it is dropped.
pub struct Browser {
    client: Client,
    session: String,
    driver: &'static Driver,
}

/// Returns `true` if a browser and its driver are installed. Otherwise prints a line, and the calling test is skipped.
///
/// # Panics
/// Panics if one is missing and `CI` is set, because no test may be skipped in continuous integration.
pub fn available() -> bool {
    are_installed(&["chromium", "chromedriver"])
}

impl Browser {
    /// Starts a browser with a wide window, light colors and scripts.
    pub async fn start() -> Self {
        Self::with(Look::default()).await
    }

    /// Starts a browser with an appearance.
    pub async fn with(look: Look) -> Self {
        let driver = Driver::shared();
        let client = driver.session(look).await;
        let session = client.session_id().await.expect("a session").expect("its id");
        let browser = Self { client, session, driver };
        browser.show_as(look).await;
        browser
    }

    /// Opens an address and waits until its page is loaded.
    pub async fn goto(&self, address: &str) {
        self.client.goto(address).await.unwrap_or_else(|error| panic!("{address}: {error}"));
    }

    /// Returns the address of the page.
    pub async fn address(&self) -> String {
        self.client.current_url().await.expect("an address").to_string()
    }

    /// Returns the current source of the page.
    pub async fn source(&self) -> String {
        self.client.source().await.expect("a source")
    }

    /// Runs a script and returns its result.
    pub async fn run(&self, script: &str) -> Json {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs a script with arguments, whose result is passed to the last argument, a callback.
    pub async fn run_async(&self, script: &str, arguments: Vec<Json>) -> Json {
        self.client.execute_async(script, arguments).await.expect("a script that ends")
    }

    /// Waits until a script returns `true`.
    ///
    /// # Panics
    /// Panics if it does not within a minute.
    pub async fn until(&self, what: &str, script: &str) {
        let script = format!("return ({script}) === true");
        // While a page is replaced by another one, scripts fail.
        let holds = async || self.client.execute(&script, Vec::new()).await.is_ok_and(|said| said == Json::Bool(true));
        assert!(holds_in_time(holds).await, "not within {TIMEOUT:?}: {what}");
    }

    /// Returns the requests and errors of the browser since the last call.
    pub async fn seen(&self) -> Seen {
        Seen::read(&self.client).await
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.driver.end(&self.session);
    }
}

/// Waits until a condition holds. Returns `false` after a timeout.
async fn holds_in_time(mut holds: impl AsyncFnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !holds().await {
        if begun.elapsed() > TIMEOUT {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    true
}
