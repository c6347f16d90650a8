//! Every page of the console.

use feats_servers::browser::{Browser, Look, available};

use crate::features::{LONG, MARKUP, PAYMENT};
use crate::site::Site;

/// The pages, with what a picture of each is called.
pub fn all() -> Vec<(String, String)> {
    let named = |page: &str, feature: &str| {
        let name: String = feature.chars().filter(|character| character.is_ascii_alphanumeric()).take(16).collect();
        let value: String = feature.bytes().map(|byte| format!("%{byte:02x}")).collect();
        (format!("{page}-{name}").to_lowercase(), format!("{page}?name={value}"))
    };
    let mut pages: Vec<_> = ["features"].map(|page| (page.to_owned(), page.to_owned())).into();
    for feature in
        [PAYMENT, LONG, "ButtonColour", "ImageProcessing", "OldCheckout", "NobodyIsLookedAt", "Maintenance", MARKUP]
    {
        pages.push(named("feature", feature));
    }
    pages.push(("no-such-page".into(), "no-such-page".into()));
    pages.push(named("feature", "NoSuchFeature"));
    pages
}

/// Light, dark, phone: nothing to scroll sideways, nothing that the policy of content refuses, nothing from elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_every_window_and_asks_nobody_else() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = site.browser("ada", Look::default()).await;
    browser.seen().await;
    let (wide, phone) = (Look::default(), Look::default().phone());
    for (name, page) in all() {
        for (kind, look) in [("light", wide), ("dark", wide.dark()), ("phone", phone), ("phone-dark", phone.dark())] {
            browser.show_as(look).await;
            browser.goto(&site.page(&page)).await;
            browser.screenshot(&format!("{name}-{kind}"), look).await;
            fits(&browser, &format!("{name}, {kind}")).await;
        }
        let seen = browser.seen().await;
        assert_eq!(seen.complaints, [""; 0], "{name}");
        let foreign: Vec<_> = seen.requests.iter().filter(|address| !address.starts_with(&site.page(""))).collect();
        assert!(foreign.is_empty(), "{name} asks for {foreign:?}");
        assert!(!seen.requests.is_empty(), "what is asked for is seen");
    }
}

/// What is drawn in dark colours is dark, and in light ones light.
#[tokio::test(flavor = "multi_thread")]
async fn colours_follow_what_people_prefer() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = site.browser("ada", Look::default()).await;
    let brightness = "const rgb = getComputedStyle(document.documentElement).backgroundColor.match(/[0-9.]+/g).map(Number); \
        return rgb[0] + rgb[1] + rgb[2]";
    let light = browser.run(brightness).await.as_f64().expect("a number");
    browser.show_as(Look::default().dark()).await;
    let dark = browser.run(brightness).await.as_f64().expect("a number");
    assert!(light > 600.0 && dark < 200.0, "light is {light}, dark is {dark}");
}

async fn fits(browser: &Browser, what: &str) {
    let wider = browser.run(WIDER).await;
    assert_eq!(wider, serde_json::json!([]), "{what}: wider than the window");
}

/// What sticks out of the window, if the page can be scrolled sideways.
const WIDER: &str = "const width = document.documentElement.clientWidth; \
    if (document.documentElement.scrollWidth <= width) return []; \
    return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1) \
        .slice(0, 5).map((e) => e.outerHTML.slice(0, 200))";
