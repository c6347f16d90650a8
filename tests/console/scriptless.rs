//! The console without scripts.

use feats_servers::browser::{Look, available};

use crate::features::PAYMENT;
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_added_previewed_and_published_without_scripts() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = site.browser("ada", Look::default().without_scripts()).await;
    browser.goto(&site.page(&format!("feature?name={PAYMENT}"))).await;
    assert!(!browser.has("[data-grip]:not([hidden])").await, "no script has run");

    browser.press("Add a rule").await;
    browser.fill("#r-name", "Britain").await;
    browser.press("Add a condition").await;
    browser.fill("#c0-v", "GB").await;
    browser.choose("#r-static", "aperture").await;
    browser.press("Done").await;
    browser.until_it_says("#preview", "What will change").await;
    browser.until_it_says("#preview", "Britain").await;
    browser.until_it_says(".rules", "If Country is GB: serve aperture.").await;
    browser.press("Move Britain up").await;
    browser.until_it_says("[aria-live]", "Britain is now rule 3 of 4.").await;
    browser.fill("#comment", "by hand").await;
    browser.press("Publish version 3").await;
    browser.until_it_says("[aria-live]", "Published as version 3.").await;
    assert_eq!(site.rules(PAYMENT), ["Acme outage", "Companies", "Britain", "Slowly to premium"]);
    let revision = site.app.feature_named(PAYMENT).expect("declared").revision().expect("a revision");
    assert_eq!((revision.author(), revision.comment()), ("ada", "by hand"));

    browser.choose("#pin-choice", "acme").await;
    browser.press("Pin everyone…").await;
    browser.until_it_says("h1", "Pin everyone to acme?").await;
    browser.press("Pin everyone to acme").await;
    browser.until_it_says("main", "everyone gets acme").await;
    assert_eq!(site.app.feature_named(PAYMENT).expect("declared").version(), 4);
}
