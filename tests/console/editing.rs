//! The form of a rule: suggestions, errors and the focus; and drafts that survive a pin.

use feats_servers::browser::{Browser, Key, Look, available};

use crate::features::{LONG, PAYMENT};
use crate::site::Site;

async fn editor(site: &Site, feature: &str) -> Browser {
    let browser = site.browser("ada", Look::default()).await;
    browser.goto(&site.page(&format!("feature?name={feature}"))).await;
    browser
}

/// A condition: the element has the focus and is in view.
fn focused(css: &str) -> String {
    format!(
        "document.activeElement.matches('{css}') && (() => {{ const box = document.activeElement.getBoundingClientRect(); \
         return box.top >= 0 && box.bottom <= innerHeight }})()"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_appears_and_disappears_with_its_cause() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = editor(&site, PAYMENT).await;
    browser.press("Add a rule").await;
    browser.until("the name has the focus", &focused("#r-name")).await;
    browser.press("Add a condition").await;
    browser.until("the condition has the focus", &focused("#c0-source")).await;
    browser.until_it_says("#form-state", "Fill in the empty fields.").await;
    assert_eq!(browser.text("#wrong-c0-v").await, "", "the field was not visited yet");
    // Visits the value and moves on.
    browser.run("document.getElementById('c0-v').focus(); document.getElementById('kind-static').focus()").await;
    browser.until_it_says("#wrong-c0-v", "Enter a value").await;
    browser.until("the field says so", "document.getElementById('c0-v').ariaInvalid === 'true'").await;
    browser.fill("#c0-v", "GB").await;
    browser.run("document.getElementById('r-name').focus()").await;
    browser.until("the message is gone", "document.getElementById('wrong-c0-v').textContent === ''").await;
    browser.until("the field is unmarked", "document.getElementById('c0-v').ariaInvalid === null").await;
    browser.until("it is in the draft", "document.getElementById('form-state').textContent === ''").await;
    browser.until_it_says("#preview", "What will change").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_static_rule_becomes_a_split_without_an_error() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = editor(&site, PAYMENT).await;
    browser.press("Edit Acme outage").await;
    browser.click("#kind-experiment").await;
    browser.until_it_says("#preview", "What will change").await;
    let errors = "return [...document.querySelectorAll('[data-wrong]')].map((p) => p.textContent).join('')";
    assert_eq!(browser.run(errors).await, "");
    assert_eq!(browser.value("#r-share").await, "100");
    assert_eq!(browser.value("[name='r.w.premium']").await, "33.3334", "premium gets the remainder");
    browser.until("the radio keeps the focus", &focused("#kind-experiment")).await;
    // Enter in a share keeps the typed value and the focus.
    browser.fill("[name='r.w.acme']", "20").await;
    browser.keys([Key::Enter.into()]).await;
    browser.until_it_says("#preview", "20%").await;
    browser.until("the share keeps the focus", &focused("[name=\"r.w.acme\"]")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_among_forty_rules_opens_in_view() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = editor(&site, LONG).await;
    browser.press("Edit Country number 38").await;
    browser
        .until(
            "its name has the focus",
            &format!("{} && document.activeElement.value === 'Country number 38'", focused("#r-name")),
        )
        .await;
    browser.press("Done").await;
    browser.until("its button has the focus again", &focused("[aria-label=\"Edit Country number 38\"]")).await;
    browser.run("scrollTo(0, 0)").await;
    browser.press("Add a rule").await;
    browser
        .until(
            "the new rule is in view",
            &format!("{} && document.activeElement.value === 'New rule'", focused("#r-name")),
        )
        .await;
    browser.press("Add a condition").await;
    browser.press("Done").await;
    browser.until("the first error has the focus", &focused("#c0-v")).await;
    browser.until_it_says("#wrong-c0-v", "Enter a value").await;
    browser.press("Remove condition 1").await;
    browser.until("the button that adds a condition has the focus", &focused("#check-add")).await;
    browser.press("Remove rule").await;
    browser.until("the previous rule has the focus", &focused("[aria-label=\"Edit Country number 40\"]")).await;
}

/// The event by which a page can ask the user to stay.
const WARNS: &str = "const leave = new Event('beforeunload', { cancelable: true }); window.dispatchEvent(leave); \
    return leave.defaultPrevented";

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_survives_a_pin_an_unpin_and_a_rollback() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = editor(&site, PAYMENT).await;
    browser.press("Move Companies up").await;
    browser.until_it_says("[aria-live]", "Companies is now rule 1 of 3.").await;
    browser.fill("#comment", "companies first").await;
    assert_eq!(browser.run(WARNS).await, true, "closing the tab would lose the draft");

    browser.choose("#pin-choice", "premium").await;
    browser.press("Pin everyone…").await;
    browser.press("Pin everyone to premium").await;
    browser.until_it_says("[aria-live]", "Your changes are now based on version 3.").await;
    browser.until_it_says("#editor", "Pinned: everyone gets premium").await;
    assert_eq!(browser.value("#comment").await, "companies first");

    browser.press("Unpin…").await;
    browser.press("Unpin").await;
    browser.until_it_says("[aria-live]", "Your changes are now based on version 4.").await;

    // Leaves the page and returns, with a form open.
    browser.press("Edit Acme outage").await;
    browser.fill("#r-name", "Acme is down").await;
    browser.press("Explain").await;
    browser.until_it_says("h1", "Explain").await;
    browser.goto(&site.page(&format!("feature?name={PAYMENT}"))).await;
    browser.until("the typed name is restored", "document.getElementById('r-name')?.value === 'Acme is down'").await;

    browser.press("History").await;
    browser.press("Roll back to this… (version 1)").await;
    browser.press("Roll back to version 1").await;
    browser.until_it_says("[aria-live]", "Your changes are now based on version 5.").await;
    browser.press("Discard").await;
    browser.until("the draft is discarded", "document.querySelector('#draft[data-changed]') === null").await;
    browser.goto(&site.page(&format!("feature?name={PAYMENT}"))).await;
    assert_eq!(browser.run(WARNS).await, false, "the draft is not restored");
    assert_eq!(site.rules(PAYMENT), ["Acme outage"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_draft_is_not_restored() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = editor(&site, PAYMENT).await;
    browser.press("Move Companies up").await;
    browser.until_it_says("[aria-live]", "Companies is now rule 1 of 3.").await;
    browser.press("History").await;
    browser.until_it_says("h1", "History").await;
    browser.goto(&site.page(&format!("feature?name={PAYMENT}"))).await;
    browser.until("the draft is restored", "document.querySelector('#draft[data-changed]') !== null").await;
    browser.press("Publish version 3").await;
    browser.until_it_says("[aria-live]", "Published as version 3.").await;
    browser.goto(&site.page(&format!("feature?name={PAYMENT}"))).await;
    assert_eq!(browser.run(WARNS).await, false);
    assert_eq!(site.rules(PAYMENT), ["Companies", "Acme outage", "Slowly to premium"]);
}

/// The kill switch takes two taps without scrolling.
#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_the_kill_switch_comes_first_below_the_name() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let phone = Look::default().phone();
    let browser = site.browser("ada", phone).await;
    for (feature, safe) in [(PAYMENT, "acme"), ("Maintenance", "off"), (LONG, "post")] {
        browser.goto(&site.page(&format!("feature?name={feature}"))).await;
        browser.screenshot(&format!("kill-{}", feature.to_lowercase()), phone).await;
        let place = "const box = (css) => document.querySelector(css).getBoundingClientRect(); \
            const others = [...document.querySelectorAll('#editor p, #editor .acts, #editor section:not(.kill), #editor .card:not(.kill)')] \
                .filter((e) => !e.closest('.kill') && e.getBoundingClientRect().height > 0); \
            return [box('h1').bottom <= box('.kill').top, box('.kill .stop').bottom <= innerHeight, \
                others.every((e) => e.getBoundingClientRect().top >= box('.kill').bottom)].join()";
        assert_eq!(browser.run(place).await, "true,true,true", "{feature}");
        assert_eq!(browser.value("#pin-choice").await, safe, "{feature}");
        browser.press("Pin everyone…").await;
        browser.until_it_says("h1", &format!("Pin everyone to {safe}?")).await;
        browser.screenshot(&format!("kill-{}-asked", feature.to_lowercase()), phone).await;
        let seen = "return document.querySelector('#propose .main').getBoundingClientRect().bottom <= innerHeight";
        assert_eq!(browser.run(seen).await, true, "{feature}");
        browser.press(&format!("Pin everyone to {safe}")).await;
        browser.until_it_says("main", &format!("everyone gets {safe}")).await;
    }
}
