//! Browsers that tests steer: Chromium without a window, each with a profile of its own.
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
//! Whatever acts on an element waits until it is there.

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
use crate::PATIENCE;
use crate::available::are_installed;

/// A browser with an empty profile. It is closed when it is dropped.
pub struct Browser {
    client: Client,
    session: String,
    driver: &'static Driver,
}

/// Whether there are a browser and its driver. Where they are not, this prints one line, and the test that asked returns.
///
/// # Panics
/// If one is missing and `CI` is set: continuous integration leaves nothing out.
pub fn available() -> bool {
    are_installed(&["chromium", "chromedriver"])
}

impl Browser {
    /// A wide window in light colours, with scripts.
    pub async fn start() -> Self {
        Self::with(Look::default()).await
    }

    /// A browser that looks so.
    pub async fn with(look: Look) -> Self {
        let driver = Driver::shared();
        let client = driver.session(look).await;
        let session = client.session_id().await.expect("a session").expect("its id");
        let browser = Self { client, session, driver };
        browser.show_as(look).await;
        browser
    }

    /// Goes to an address and waits until its page is loaded.
    pub async fn goto(&self, address: &str) {
        self.client.goto(address).await.unwrap_or_else(|error| panic!("{address}: {error}"));
    }

    /// The address of the page.
    pub async fn address(&self) -> String {
        self.client.current_url().await.expect("an address").to_string()
    }

    /// What the page is, as it stands now.
    pub async fn source(&self) -> String {
        self.client.source().await.expect("a source")
    }

    /// What a script returns.
    pub async fn run(&self, script: &str) -> Json {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// What a script returns that takes arguments and ends by calling the last one.
    pub async fn run_async(&self, script: &str, arguments: Vec<Json>) -> Json {
        self.client.execute_async(script, arguments).await.expect("a script that ends")
    }

    /// Waits until a script returns `true`.
    ///
    /// # Panics
    /// If it does not within a minute.
    pub async fn until(&self, what: &str, script: &str) {
        let script = format!("return ({script}) === true");
        // While a page is exchanged for another one, there is nothing to ask.
        let holds = async || self.client.execute(&script, Vec::new()).await.is_ok_and(|said| said == Json::Bool(true));
        assert!(soon(holds).await, "not within {PATIENCE:?}: {what}");
    }

    /// Everything that the browser asked for and complained about since it was asked last.
    pub async fn seen(&self) -> Seen {
        Seen::read(&self.client).await
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.driver.end(&self.session);
    }
}

/// Whether a condition holds before one's patience ends.
async fn soon(mut holds: impl AsyncFnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !holds().await {
        if begun.elapsed() > PATIENCE {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    true
}
