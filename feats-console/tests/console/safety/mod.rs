//! Attacks on the console: unauthorized users, other sites, markup, floods, unusual paths and concurrency.

mod access;
mod contention;
mod disclosure;
mod floods;
mod forged;
mod headers;
mod hidden;
mod markup;
mod mounts;
mod origins;
mod paths;
mod permissions;
mod secrets;
mod sizes;
mod sockets;

use feats::State;
use serde_json::json;

use crate::fixture::{Answer, TestConsole};

/// Every address that accepts a form.
pub const WRITES: [&str; 4] = ["/browser", "/feature", "/preview", "/publish"];

/// Every page.
pub const PAGES: [&str; 14] = [
    "/features",
    "/feature?name=Payments",
    "/history?name=Payments",
    "/compare?name=Payments",
    "/explain",
    "/explain?name=Payments",
    "/experiments",
    "/segments",
    "/instances",
    "/instances?catalog=shop%401.4.2",
    "/audit",
    "/audit.csv",
    "/audit.json",
    "/",
];

/// A state that serves one implementation to everyone.
pub fn everyone(choice: &str) -> String {
    json!({ "otherwise": { "static": choice } }).to_string()
}

impl TestConsole {
    /// Publishes a draft with the console's form.
    pub async fn publish_draft(&self, feature: &str, base: u64, draft: &str) -> Answer {
        let base = base.to_string();
        self.post("/publish", &[("name", feature), ("what", "edit"), ("base", &base), ("draft", draft)]).await
    }

    pub fn version(&self, feature: &str) -> u64 {
        self.app.feature_named(feature).expect("a feature").version()
    }

    fn state(&self, feature: &str) -> State {
        self.app.feature_named(feature).expect("a feature").state()
    }
}
