//! The shop and its console in a browser.

use feats::App;
use feats::store::Memory;
use feats::web::{Key, Overrides};
use feats_servers::browser::{Browser, Look, available};
use tokio::net::TcpListener;

/// A shop that runs until the test ends.
struct RunningShop {
    address: String,
}

impl RunningShop {
    async fn start() -> Self {
        let app = App::builder().store(Memory::new()).detached().start().await.expect("an app starts");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let overrides = Overrides::new(Key::generate().expect("a key")).allow(|_, _| true);
        tokio::spawn(async move {
            crate::serve(listener, &app, "memory".to_owned(), overrides, std::future::pending()).await
        });
        Self { address }
    }

    /// Opens a page of the shop or its console in a new browser.
    async fn browser(&self, path: &str) -> Browser {
        let browser = Browser::start().await;
        self.go(&browser, path).await;
        browser
    }

    async fn go(&self, browser: &Browser, path: &str) {
        browser.goto(&format!("{}{path}", self.address)).await;
    }
}

/// The selector of the payment processor on the front page, which is refreshed by a script.
const CHARGED_BY: &str = "#PaymentProcessor .choice strong";
const CANADIAN: &str = "/?id=71&country=CA";

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_for_canada_is_published_and_rolled_back_in_the_console() {
    if !available() {
        return;
    }
    let shop = RunningShop::start().await;
    let (visitor, other) = (shop.browser(CANADIAN).await, shop.browser("/?id=1&country=US").await);
    visitor.until_it_says(CHARGED_BY, "acme").await;

    let operator = shop.browser("/feats").await;
    operator.press("PaymentProcessor").await;
    operator.press("Add a rule").await;
    operator.fill("#r-name", "Acme outage").await;
    operator.press("Add a condition").await;
    let offered = (operator.value("#c0-source").await, operator.value("#c0-op").await);
    assert_eq!(offered, ("{\"segment\":\"Country\"}".to_owned(), "in".to_owned()), "Country is one of");
    operator.fill("#c0-v", "CA").await;
    operator.choose("#r-static", "premium").await;
    operator.press("Done").await;
    operator.until_it_says(".rules", "If Country is CA: serve premium.").await;
    operator.until_it_says("#preview", "What will change").await;
    operator.until_it_says("#preview", "Acme outage").await;
    assert_eq!(visitor.text(CHARGED_BY).await, "acme", "nothing is published yet");
    operator.fill("#comment", "Acme is down in Canada").await;
    operator.screenshot("shop-preview", Look::default()).await;
    operator.press("Publish version 1").await;
    operator.until_it_says("[aria-live]", "Published as version 1.").await;

    visitor.until_it_says(CHARGED_BY, "premium").await;
    visitor.until_it_says("#PaymentProcessor", "Matched the rule Acme outage").await;
    visitor.screenshot("shop-canada", Look::default()).await;
    assert_eq!(other.text(CHARGED_BY).await, "acme", "other countries are not affected");

    operator.press("History").await;
    operator.until_it_says("#v1", "Acme is down in Canada").await;
    operator.press("Roll back to this… (version 0)").await;
    operator.until_it_says("h1", "Undo everything?").await;
    operator.fill("#comment", "Acme is back").await;
    operator.press("Undo everything").await;
    operator.until_it_says("[aria-live]", "Published as version 2.").await;
    visitor.until_it_says(CHARGED_BY, "acme").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_applies_to_one_browser_only() {
    if !available() {
        return;
    }
    let shop = RunningShop::start().await;
    let (mine, other) = (shop.browser(CANADIAN).await, shop.browser(CANADIAN).await);
    mine.until_it_says(CHARGED_BY, "acme").await;
    shop.go(&mine, "/feats/feature?name=PaymentProcessor").await;
    mine.choose("#browser-choice", "premium").await;
    mine.choose("#browser-minutes", "120").await;
    mine.press("Preview").await;
    mine.until_it_says("main", "active").await;
    shop.go(&mine, CANADIAN).await;
    mine.until_it_says(CHARGED_BY, "premium").await;
    mine.until_it_says("#PaymentProcessor", "Previewed in this browser only.").await;
    shop.go(&other, CANADIAN).await;
    other.until_it_says(CHARGED_BY, "acme").await;

    shop.go(&mine, "/feats/feature?name=PaymentProcessor").await;
    mine.press("Stop").await;
    mine.until("the override has ended", "!document.querySelector('button[value=end]')").await;
    shop.go(&mine, CANADIAN).await;
    mine.until_it_says(CHARGED_BY, "acme").await;
}
