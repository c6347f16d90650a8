//! Checks of every page of the console.

use feats_servers::browser::{Browser, Look, available};

use crate::features::{HOMEPAGE, LONG, MARKUP, PAYMENT, SEARCH, THEME};
use crate::flag_examples;
use crate::site::Site;

/// The pages, each with the name of its screenshot.
pub fn all() -> Vec<(String, String)> {
    let named = |page: &str, feature: &str| {
        let name: String = feature.chars().filter(|character| character.is_ascii_alphanumeric()).take(16).collect();
        let value: String = feature.bytes().map(|byte| format!("%{byte:02x}")).collect();
        (format!("{page}-{name}").to_lowercase(), format!("{page}?name={value}"))
    };
    let alone = [
        "features",
        "features?kind=ops",
        "features?q=nothing+is+called+so",
        "features?origin=flag",
        "features?origin=archived",
        "new-flag",
        "segments",
        "explain",
        "experiments",
        "instances",
        "audit",
        "no-such-page",
    ];
    let mut pages: Vec<_> = alone.map(|page| (page.replace(['?', '=', '+'], "-"), page.to_owned())).into();
    for feature in
        [PAYMENT, LONG, "ButtonColour", "ImageProcessing", "OldCheckout", "WithoutSegments", "Maintenance", MARKUP]
    {
        pages.extend(["feature", "history"].map(|page| named(page, feature)));
    }
    pages.extend([SEARCH, THEME, HOMEPAGE].map(|flag| named("feature", flag)));
    pages.extend(
        [flag_examples::CHECKOUT, flag_examples::LONG, flag_examples::ARCHIVED].map(|flag| named("feature", flag)),
    );
    pages.push(named("history", flag_examples::DESTROYED));
    pages.extend([named("explain", PAYMENT), named("explain", MARKUP), named("feature", "NoSuchFeature")]);
    pages.push((
        "explained".into(),
        format!("explain?name={PAYMENT}&s.Country=CA&s.Plan=team&s.UserId=42&s.Staff=false"),
    ));
    pages.push(("compare".into(), format!("compare?name={PAYMENT}&from=1&to=2")));
    pages
}

/// In light and dark mode and on a phone: no horizontal scrolling, no violation of the content security policy, and no requests
/// to other origins.
#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_every_window_and_requests_only_the_console() {
    if !available() {
        return;
    }
    let site = Site::start().await;
    let browser = site.browser("ada", Look::default()).await;
    browser.seen().await;
    let mut wider = Vec::new();
    let (wide, phone) = (Look::default(), Look::default().phone());
    for (name, page) in all() {
        for (kind, look) in [("light", wide), ("dark", wide.dark()), ("phone", phone), ("phone-dark", phone.dark())] {
            browser.show_as(look).await;
            browser.goto(&site.page(&page)).await;
            browser.screenshot(&format!("{name}-{kind}"), look).await;
            wider.extend(overflowing(&browser).await.map(|element| format!("{name}, {kind}: {element}")));
        }
        let seen = browser.seen().await;
        assert_eq!(seen.complaints, [""; 0], "{name}");
        let foreign: Vec<_> = seen.requests.iter().filter(|address| !address.starts_with(&site.page(""))).collect();
        assert!(foreign.is_empty(), "{name} requests {foreign:?}");
        assert!(!seen.requests.is_empty(), "requests are recorded");
    }
    assert!(wider.is_empty(), "wider than the window:\n{}", wider.join("\n"));
}

/// Pages are dark in dark mode and light in light mode.
#[tokio::test(flavor = "multi_thread")]
async fn colors_follow_the_preferred_mode() {
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

/// The elements wider than the window, if the page can be scrolled horizontally.
pub async fn overflowing(browser: &Browser) -> Option<String> {
    let elements = browser.run(WIDER).await;
    (elements != "").then(|| elements.to_string())
}

const WIDER: &str = "const width = document.documentElement.clientWidth; \
    if (document.documentElement.scrollWidth <= width) return ''; \
    return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1) \
        .slice(-3).map((e) => e.outerHTML.slice(0, 150)).join(' ')";
