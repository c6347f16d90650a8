//! Accessibility checks of every page with axe-core.

use std::fs;
use std::path::Path;

use feats_servers::browser::{Browser, Look, available};
use serde_json::{Value as Json, json};

use crate::features::{HOMEPAGE, SEARCH, THEME};
use crate::pages;
use crate::site::Site;

/// Installed by `cargo xtask setup`.
const AXE: &str = "console/node_modules/axe-core/axe.min.js";

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible() {
    let Some(axe) = axe().filter(|_| available()) else { return };
    let site = Site::start().await;
    let browser = site.browser("ada", Look::default()).await;
    let mut found = Vec::new();
    for (name, page) in pages::all() {
        for look in [Look::default(), Look::default().dark()] {
            browser.show_as(look).await;
            browser.goto(&site.page(&page)).await;
            found.extend(violations(&browser, &axe).await.into_iter().map(|violation| format!("{name}: {violation}")));
        }
    }
    // The editor, with each rule open.
    browser.goto(&site.page("feature?name=PaymentProcessor")).await;
    for place in ["Edit Companies", "Edit Slowly to premium", "Edit everyone else", "Add a rule"] {
        browser.press(place).await;
        browser.find("#editor .rule.open").await;
        found.extend(violations(&browser, &axe).await.into_iter().map(|violation| format!("{place}: {violation}")));
    }
    for (flag, place) in [
        (SEARCH, "Edit conditions"),
        (SEARCH, "Edit everyone else"),
        (HOMEPAGE, "Edit everyone else"),
        (THEME, "Edit everyone else"),
        (THEME, "Edit variant dark"),
    ] {
        browser.goto(&site.page(&format!("feature?name={flag}"))).await;
        browser.press(place).await;
        browser.find("#editor .rule.open, #v-of[value]:not([value=''])").await;
        found.extend(
            violations(&browser, &axe).await.into_iter().map(|violation| format!("{flag}: {place}: {violation}")),
        );
    }
    assert!(found.is_empty(), "{} serious problems:\n{}", found.len(), found.join("\n"));
}

/// The serious and critical violations on the page, with their elements.
pub async fn violations(browser: &Browser, axe: &str) -> Vec<String> {
    browser.run(axe).await;
    let found = browser.run_async(RUN, vec![json!({ "preload": false, "resultTypes": ["violations"] })]).await;
    let Json::Array(found) = found else { panic!("axe-core says {found}") };
    let violations = found.iter().map(|violation| {
        let nodes = violation["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
        let nodes: Vec<_> = nodes.iter().map(|node| format!("\n    {node}")).collect();
        format!("{} ({}){}", violation["help"], violation["id"], nodes.concat())
    });
    violations.collect()
}

const RUN: &str = "const [options, done] = arguments; \
    axe.run(document, options).then( \
        (results) => done(results.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => ({ \
            id: v.id, help: v.help, nodes: v.nodes.map((n) => n.html + ' ' + n.failureSummary) }))), \
        (error) => done(String(error)))";

/// The source of axe-core. If it is not installed, prints a line and returns `None`, and the test is skipped.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub fn axe() -> Option<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(AXE);
    let Ok(axe) = fs::read_to_string(file) else {
        let line = "axe-core is not installed; `cargo xtask setup` installs it";
        assert!(std::env::var_os("CI").is_none(), "{line}");
        eprintln!("skipped: {line}");
        return None;
    };
    Some(axe)
}
