//! Flags in the browser: from their creation to their end.

use feats::attributes;
use feats_servers::browser::{Browser, Look, available};
use serde_json::json;

use crate::accessible::{axe, violations};
use crate::flag_examples::{ARCHIVED, CHECKOUT, LONG};
use crate::pages::overflowing;
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_is_created_changed_archived_and_destroyed() {
    if !available() {
        return;
    }
    life(Look::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_works_on_a_phone_without_scripts() {
    if !available() {
        return;
    }
    life(Look::default().phone().without_scripts()).await;
}

/// Creates a flag, uses each of its buttons, and brings it back from its history.
async fn life(look: Look) {
    let site = Site::start().await;
    let flags = site.app.flags();
    let browser = site.browser("ada", look).await;
    browser.goto(&site.page("features")).await;
    browser.press("New flag").await;
    browser.fill("#name", CHECKOUT).await;
    browser.fill("#comment", "for a customer").await;
    browser.press("Create the flag").await;
    browser.until_it_says("#wrong-name", "There is already a flag named NEW_CHECKOUT.").await;
    assert_eq!(browser.value("#comment").await, "for a customer", "the form is kept");
    browser.fill("#name", "BETA").await;
    browser.press("Create the flag").await;
    browser.until_it_says("[aria-live]", "Published as version 1.").await;
    browser.until_it_says("main", "Everyone gets disabled.").await;

    browser.press("Enable…").await;
    browser.until_it_says("h1", "Enable BETA?").await;
    browser.until_it_says("main", "100% of everyone else move from disabled to enabled.").await;
    assert!(!flags.is_enabled("BETA", &attributes! {}), "nothing is written before the confirmation");
    browser.press("Enable BETA").await;
    browser.until_it_says("[aria-live]", "Published as version 2.").await;
    assert!(flags.is_enabled("BETA", &attributes! {}));

    browser.fill("#client-data", "{\"ttl\": 60,}").await;
    browser.press("Change…").await;
    browser.until_it_says("main", "flag.client_data: not JSON: trailing comma at line 1 column 12").await;
    browser.fill("#client-data", "{\"ttl\": 60}").await;
    browser.press("Preview again").await;
    browser.until_it_says("main", "Client data \"ttl\": 60.").await;
    browser.fill("#comment", "a minute").await;
    browser.press("Change the client data of BETA").await;
    browser.until_it_says("[aria-live]", "Published as version 3.").await;
    assert_eq!(flags.get("BETA").client_data(), json!({ "ttl": 60 }));
    let revision = site.app.feature_named("BETA").expect("a flag").revision().expect("a revision");
    assert_eq!((revision.author(), revision.comment()), ("ada", "a minute"));

    confirm(&browser, "Disable…", "Disable BETA", 4).await;
    confirm(&browser, "Archive…", "Archive BETA", 5).await;
    browser.goto(&site.page("features?q=beta")).await;
    browser.until_it_says("#found", "No matches").await;
    browser.press("1 in the archive").await;
    browser.press("BETA").await;
    confirm(&browser, "Restore…", "Restore BETA", 6).await;

    browser.press("Destroy…").await;
    browser.until_it_says("h1", "Destroy BETA?").await;
    browser.until_it_says("main", "Its history is kept").await;
    browser.press("Destroy BETA").await;
    browser.until_it_says("main", "This flag was destroyed.").await;
    assert!(!flags.exists("BETA"));
    browser.click("#v3 button").await;
    browser.until_it_says("h1", "Roll back to version 3?").await;
    browser.press("Roll back to version 3").await;
    browser.until_it_says("[aria-live]", "Published as version 8.").await;
    assert!(flags.is_enabled("BETA", &attributes! {}));
}

/// Presses a button of the flag, and the button of its confirmation.
async fn confirm(browser: &Browser, button: &str, confirmation: &str, version: u64) {
    browser.press(button).await;
    browser.until_it_says("h1", &format!("{confirmation}?")).await;
    browser.press(confirmation).await;
    browser.until_it_says("[aria-live]", &format!("Published as version {version}.")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_of_client_data_shows_both_sides() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = site.browser("ada", Look::default()).await;
    browser.goto(&site.page(&format!("feature?name={CHECKOUT}"))).await;
    browser.fill("#client-data", "{\"ttl\": 30, \"team\": \"checkout\"}").await;
    browser.press("Change…").await;
    browser.until_it_says("h1", "Change the client data of NEW_CHECKOUT?").await;
    let flag = site.app.flags().author("grace").get(CHECKOUT);
    flag.set_client_data(json!({ "ttl": 90, "owner": "grace" })).comment("slower").await.expect("changed");
    browser.press("Change the client data of NEW_CHECKOUT").await;
    browser.until_it_says(".conflict", "Another version was published").await;
    browser.until_it_says(".conflict", "Both of you changed ttl. Yours is kept; review it.").await;
    check(&browser, "flag-conflict", &mut Vec::new()).await;
    browser.press("Change the client data of NEW_CHECKOUT").await;
    browser.until_it_says("[aria-live]", "Published as version 3.").await;
    assert_eq!(flag.client_data(), json!({ "ttl": 30, "team": "checkout", "owner": "grace" }));
}

/// The pages that only a form opens: accessible, and no wider than the window.
#[tokio::test(flavor = "multi_thread")]
async fn every_confirmation_is_accessible_and_fits_every_window() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = site.browser("ada", Look::default()).await;
    let mut found = Vec::new();
    for (flag, button, name) in [
        (LONG, "Enable…", "flag-enable"),
        (CHECKOUT, "Disable…", "flag-disable"),
        (LONG, "Archive…", "flag-archive"),
        (ARCHIVED, "Restore…", "flag-restore"),
        (LONG, "Destroy…", "flag-destroy"),
        (CHECKOUT, "Change…", "flag-data"),
    ] {
        browser.goto(&site.page(&format!("feature?name={flag}"))).await;
        browser.press(button).await;
        browser.until_it_says("h1", flag).await;
        check(&browser, name, &mut found).await;
    }
    browser.goto(&site.page("new-flag")).await;
    browser.fill("#name", LONG).await;
    browser.press("Create the flag").await;
    browser.until_it_says("#wrong-name", LONG).await;
    check(&browser, "flag-taken", &mut found).await;
    assert!(found.is_empty(), "{} problems:\n{}", found.len(), found.join("\n"));
}

/// Takes screenshots of the page, and notes what is inaccessible or too wide.
async fn check(browser: &Browser, name: &str, found: &mut Vec<String>) {
    let (wide, phone) = (Look::default(), Look::default().phone());
    for (kind, look) in [("light", wide), ("dark", wide.dark()), ("phone", phone), ("phone-dark", phone.dark())] {
        browser.show_as(look).await;
        browser.screenshot(&format!("{name}-{kind}"), look).await;
        found.extend(overflowing(browser).await.map(|element| format!("{name}, {kind}: {element}")));
        if let Some(axe) = axe() {
            let violations = violations(browser, &axe).await;
            found.extend(violations.into_iter().map(|violation| format!("{name}, {kind}: {violation}")));
        }
    }
    browser.show_as(wide).await;
}
