//! Editing with scripts: moving rules, shares that sum to 100, and protection of drafts.

use feats_servers::browser::{Browser, Key, Look, available};

use crate::features::PAYMENT;
use crate::site::Site;

async fn editor(site: &Site) -> Browser {
    let browser = site.browser("ada", Look::default()).await;
    browser.goto(&site.page(&format!("feature?name={PAYMENT}"))).await;
    browser
}

/// The names of the rules as the page shows them.
const RULES: &str = "[...document.querySelectorAll('.rules li h3')].map((h) => h.firstChild.textContent).join('|')";

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_moves_by_keyboard_and_keeps_the_focus() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = editor(&site).await;
    let button = "document.activeElement.getAttribute('aria-label')";
    // Presses Tab until the arrow of the last rule has the focus.
    let reached = async |name: &str| {
        for _ in 0..60 {
            browser.keys([Key::Tab.into()]).await;
            if browser.run(&format!("return {button}")).await == name {
                return true;
            }
        }
        false
    };
    assert!(reached("Move Slowly to premium up").await, "an arrow can be reached by Tab");
    browser.keys([Key::Enter.into()]).await;
    browser.until_it_says("[aria-live]", "Slowly to premium is now rule 2 of 3.").await;
    browser.until("the button that moved it has the focus", &format!("{button} === 'Move Slowly to premium up'")).await;
    browser.keys([Key::Enter.into()]).await;
    browser.until_it_says("[aria-live]", "Slowly to premium is now rule 1 of 3.").await;
    browser.until("the button keeps the focus", &format!("{button} === 'Move Slowly to premium up'")).await;
    browser
        .until(
            "the rules are in the new order",
            &format!("{RULES} === 'Slowly to premium|Acme outage|Companies|Everyone else'"),
        )
        .await;
    // At the end of the list nothing moves, and the focus stays.
    browser.keys([Key::Enter.into()]).await;
    browser.until("nothing else happens", &format!("{button} === 'Move Slowly to premium up'")).await;
    assert_eq!(site.rules(PAYMENT), ["Acme outage", "Companies", "Slowly to premium"], "nothing is live yet");
    browser.press("Publish version 3").await;
    browser.until_it_says("[aria-live]", "Published as version 3.").await;
    assert_eq!(site.rules(PAYMENT), ["Slowly to premium", "Acme outage", "Companies"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_can_be_dragged() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = editor(&site).await;
    browser.drag("[data-rule='0'] [data-grip]", "[data-rule='2'] [data-grip]").await;
    browser.until_it_says("[aria-live]", "Acme outage is now rule 3 of 3.").await;
    browser
        .until(
            "the rules are in the new order",
            &format!("{RULES} === 'Companies|Slowly to premium|Acme outage|Everyone else'"),
        )
        .await;
    browser.drag("[data-rule='2'] [data-grip]", "[data-rule='1'] [data-grip]").await;
    browser.until_it_says("[aria-live]", "Acme outage is now rule 2 of 3.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shares_sum_to_100_while_they_are_typed() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = editor(&site).await;
    browser.press("Edit Companies").await;
    let sum = "[...document.querySelectorAll('[data-share]')].reduce((sum, f) => sum + (parseFloat(f.value) || 0), 0)";
    let typed = browser.find("[name='r.w.premium']").await;
    assert_eq!(browser.run(&format!("return {sum}")).await, 100);
    typed.clear().await.expect("cleared");
    for (key, remainder) in [("1", "79"), ("2", "68"), (".", "68"), ("5", "67.5")] {
        typed.send_keys(key).await.expect("typed");
        assert_eq!(browser.value("[name='r.w.acme']").await, remainder, "after {key}");
        assert_eq!(browser.run(&format!("return {sum}")).await, 100);
    }
    // Another implementation gets the remainder.
    browser.click("[data-rest][value='aperture']").await;
    browser.fill("[name='r.w.acme']", "7").await;
    assert_eq!(browser.value("[name='r.w.aperture']").await, "80.5");
    browser.press("Done").await;
    browser.until_it_says(".rules", "80.5%").await;
    browser.press("Publish version 3").await;
    browser.until_it_says("[aria-live]", "Published as version 3.").await;
    let state = site.app.feature_named(PAYMENT).expect("declared").state().to_json();
    let weights = &state["rules"][1]["select"]["rollout"]["weights"];
    assert_eq!(
        (&weights["acme"], &weights["premium"], &weights["aperture"]),
        (&7.into(), &12.5.into(), &80.5.into()),
        "{state}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_a_draft_shows_a_warning() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = editor(&site).await;
    // The event by which a page can ask the user to stay.
    let warns = "const leave = new Event('beforeunload', { cancelable: true }); window.dispatchEvent(leave); \
        return leave.defaultPrevented";
    assert_eq!(browser.run(warns).await, false, "there is no draft");
    browser.press("Move Companies up").await;
    browser.until_it_says("[aria-live]", "Companies is now rule 1 of 3.").await;
    assert_eq!(browser.run(warns).await, true, "there is a draft");
    browser.press("Discard").await;
    browser
        .until("the draft is gone", &format!("{RULES} === 'Acme outage|Companies|Slowly to premium|Everyone else'"))
        .await;
    assert_eq!(browser.run(warns).await, false, "the draft was discarded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_kept_when_the_server_rejects_a_step() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = editor(&site).await;
    browser.press("Move Companies up").await;
    browser.until_it_says("[aria-live]", "Companies is now rule 1 of 3.").await;
    let moved = format!("{RULES} === 'Companies|Acme outage|Slowly to premium|Everyone else'");
    browser.run("document.cookie = 'user=; Max-Age=0; Path=/'").await;
    browser.press("Move Companies down").await;
    browser.until_it_says("[aria-live]", "You can't do that. Your draft is kept.").await;
    browser.until("the draft is unchanged", &moved).await;
    browser.run("document.cookie = 'user=ada; Path=/'").await;
    browser.press("Publish version 3").await;
    browser.until_it_says("[aria-live]", "Published as version 3.").await;
    assert_eq!(site.rules(PAYMENT), ["Companies", "Acme outage", "Slowly to premium"]);
}
