//! The window of a browser: its size, its colors, and screenshots.

use std::path::PathBuf;
use std::{env, fs};

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value as Json, json};
use url::{ParseError, Url};

use super::Browser;
use super::look::Look;

impl Browser {
    /// Changes the size and the colors for this page and the following ones.
    pub async fn show_as(&self, look: Look) {
        self.resize(look.width, look.height).await;
        let scheme = if look.dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Writes a screenshot of the whole page to `target/screenshots`.
    pub async fn screenshot(&self, name: &str, look: Look) {
        let height = self.run("return document.documentElement.scrollHeight").await;
        let height = height.as_u64().and_then(|height| u32::try_from(height).ok()).expect("a height");
        self.resize(look.width, height.clamp(look.height, MAX_HEIGHT)).await;
        let picture = self.client.screenshot().await.expect("a screenshot");
        self.resize(look.width, look.height).await;
        let place = screenshots();
        fs::create_dir_all(&place).expect("a directory for screenshots");
        fs::write(place.join(format!("{name}.png")), picture).expect("the screenshot is written");
    }

    async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    async fn devtools(&self, method: &'static str, parameters: Json) {
        let command = Devtools { method, parameters };
        self.client.issue_cmd(command).await.unwrap_or_else(|error| panic!("{method}: {error}"));
    }
}

/// The maximum height of a screenshot, in pixels. Browsers cannot render more at once.
const MAX_HEIGHT: u32 = 8_000;

/// Returns the folder for screenshots in the target directory of cargo.
fn screenshots() -> PathBuf {
    let program = env::current_exe().expect("a path");
    program.ancestors().nth(3).expect("a program in target/debug/deps").join("screenshots")
}

/// A command of the Chrome DevTools protocol.
#[derive(Debug)]
struct Devtools {
    method: &'static str,
    parameters: Json,
}

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.method, "params": self.parameters }).to_string()))
    }
}
