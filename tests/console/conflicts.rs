//! Two users edit the same feature in two browsers.

use feats_servers::browser::{Browser, Look, available};

use crate::features::PAYMENT;
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_shows_both_sides_and_loses_nothing() {
    if !available() {
        return;
    }
    conflict(Look::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_is_resolved_without_scripts_too() {
    if !available() {
        return;
    }
    conflict(Look::default().without_scripts()).await;
}

/// Ada publishes first; `look` is for the second browser.
async fn conflict(look: Look) {
    let site = Site::start().await;
    let (ada, grace) = (site.browser("ada", Look::default()).await, site.browser("grace", look).await);
    for browser in [&ada, &grace] {
        browser.goto(&site.page(&format!("feature?name={PAYMENT}"))).await;
    }
    add_rule(&ada, "Ada's rule").await;
    add_rule(&grace, "Grace's rule").await;
    grace.fill("#comment", "I was second").await;
    ada.fill("#comment", "I was first").await;
    ada.press("Publish version 3").await;
    ada.until_it_says("[aria-live]", "Published as version 3.").await;

    grace.press("Publish version 3").await;
    grace.until_it_says(".conflict", "Another version was published").await;
    let conflict = grace.text(".conflict").await;
    for side in ["I was first", "ada", "Ada's rule", "Grace's rule"] {
        assert!(conflict.contains(side), "{side} is not in: {conflict}");
    }
    assert_eq!(site.app.feature_named(PAYMENT).expect("declared").version(), 3, "nothing was written");
    if look == Look::default() {
        grace.screenshot("conflict-light", look).await;
    }
    grace.press("Reapply to version 3").await;
    grace.until_it_says("[aria-live]", "Your changes are now based on version 3.").await;
    assert_eq!(grace.value("#comment").await, "I was second", "the typed reason is kept");
    grace.press("Publish version 4").await;
    grace.until_it_says("[aria-live]", "Published as version 4.").await;
    let rules = site.rules(PAYMENT);
    assert_eq!(rules.len(), 5, "{rules:?}");
    assert!(["Ada's rule", "Grace's rule"].iter().all(|rule| rules.iter().any(|known| known == rule)), "{rules:?}");
}

async fn add_rule(browser: &Browser, name: &str) {
    browser.press("Add a rule").await;
    browser.fill("#r-name", name).await;
    browser.press("Done").await;
    browser.until_it_says(".rules", name).await;
}
