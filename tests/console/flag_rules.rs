//! The conditions, percentages and variants of a flag in the editor, with and without scripts.

use feats::attributes;
use feats_servers::browser::{Look, available};
use serde_json::json;

use crate::features::{HOMEPAGE, SEARCH, THEME};
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_is_added_and_published() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    for (look, name) in [(Look::default(), "scripts"), (Look::default().without_scripts(), "no scripts")] {
        let flag = site.app.flags().author("ada").upsert(name).enabled().await.expect("a flag");
        let browser = site.browser("ada", look).await;
        browser.goto(&site.page(&format!("feature?name={}", name.replace(' ', "+")))).await;
        browser.press("Add conditions").await;
        browser.find("#c0-source").await;
        browser.fill("#c0-source", "horses").await;
        browser.choose("#c0-op", "gt").await;
        browser.fill("#c0-v", "9000").await;
        browser.press("Done").await;
        browser.until_it_says(".rules", "Check that horses is greater than 9000 (skip missing attributes)").await;
        browser.until_it_says("#preview", "What will change").await;
        browser.press("Publish version 2").await;
        browser.until_it_says("[aria-live]", "Published as version 2.").await;
        assert!(flag.is_enabled(&attributes! { "horses" => 9001 }), "{name}");
        assert!(!flag.is_enabled(&attributes! { "horses" => 9000 }), "{name}");
    }
}

/// The type is chosen in the form, and the list of operators follows it.
#[tokio::test(flavor = "multi_thread")]
async fn the_type_of_a_condition_is_chosen() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = site.browser("ada", Look::default()).await;
    browser.goto(&site.page(&format!("feature?name={SEARCH}"))).await;
    browser.press("Edit conditions").await;
    browser.press("Add a condition").await;
    browser.until("the new row has the focus", "document.activeElement.id === 'c2-source'").await;
    browser.fill("#c2-source", "age").await;
    browser.choose("#c2-type", "number").await;
    browser.until("numbers do not start with text", "!document.querySelector('#c2-op [value=starts_with]')").await;
    browser.fill("#c2-v", "old").await;
    browser.run("document.getElementById('c2-source').focus()").await;
    browser.until_it_says("#wrong-c2-v", "“old” is not a number").await;
    browser.press("Done").await;
    browser.until("the error has the focus", "document.activeElement.id === 'c2-v'").await;
    browser.press("Remove condition 3").await;
    browser.press("Done").await;
    browser.until("nothing changed", "!document.querySelector('#draft[data-changed]')").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ramp_of_a_flag_shows_the_remainder_of_both_columns() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = site.browser("ada", Look::default()).await;
    browser.goto(&site.page(&format!("feature?name={HOMEPAGE}"))).await;
    browser.press("Edit everyone else").await;
    browser.until_it_says("#editor", "Users keep Flipper's 100 buckets.").await;
    browser.click("#r-ramp").await;
    browser.find("#f1").await;
    browser.fill("#w1", "60").await;
    assert_eq!((browser.value("#w0").await, browser.value("#f0").await), ("40".to_owned(), String::new()));
    browser.fill("#f1", "20").await;
    assert_eq!(browser.value("#f0").await, "80");
    browser.press("Done").await;
    browser.until_it_says("#preview", "gradually").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_is_edited_without_scripts() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = site.browser("ada", Look::default().without_scripts()).await;
    browser.goto(&site.page(&format!("feature?name={THEME}"))).await;
    browser.press("Edit variant dark").await;
    browser.fill("#v-json", "{\"color\": ").await;
    browser.press("Set the variant").await;
    browser.until_it_says("#wrong-v-json", "not JSON: EOF").await;
    browser.fill("#v-json", "{\"color\": \"navy\"}").await;
    browser.press("Set the variant").await;
    browser.until_it_says("[aria-live]", "dark has a new value in the draft.").await;
    browser.press("Publish version 2").await;
    browser.until_it_says("[aria-live]", "Published as version 2.").await;
    let state = site.app.feature_named(THEME).expect("a flag").state();
    assert_eq!(state.values.get("dark"), Some(&json!({ "color": "navy" })));
}

/// The open editor fits a phone.
#[tokio::test(flavor = "multi_thread")]
async fn the_editor_of_a_flag_fits_a_phone() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = site.browser("ada", Look::default()).await;
    for (flag, button) in [
        (SEARCH, "Edit conditions"),
        (SEARCH, "Edit everyone else"),
        (THEME, "Edit variant dark"),
        (THEME, "Edit everyone else"),
        (HOMEPAGE, "Edit everyone else"),
    ] {
        browser.show_as(Look::default()).await;
        browser.goto(&site.page(&format!("feature?name={flag}"))).await;
        browser.press(button).await;
        browser.find("#editor .rule.open, #v-of[value]:not([value=''])").await;
        let name = format!("flag-{flag}-{}", button.replace(' ', "-")).to_lowercase();
        for (kind, look) in [("light", Look::default()), ("phone-dark", Look::default().phone().dark())] {
            browser.show_as(look).await;
            browser.screenshot(&format!("{name}-{kind}"), look).await;
            let width = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert_eq!(browser.run(width).await, json!(0), "{name}, {kind}");
        }
    }
}
