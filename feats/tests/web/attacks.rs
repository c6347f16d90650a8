//! Hostile cookies: the page is served, invalid overrides are not applied, and rejections are counted.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use feats::model::Declaration;
use feats::store::{Memory, Sqlite, Store};
use feats::testing::ManualClock;
use feats::web::{Overrides, RejectedOverrides};
use feats::{App, AppBuilder};
use proptest::prelude::*;

use crate::fixture::{Banner, Browser, DAY, HOUR, Site, headers, key, policy, sent};

/// Rejections without any counts.
macro_rules! counted {
    ($($name:ident: $count:expr),*) => {{
        #[allow(unused_mut)]
        let mut ignored = RejectedOverrides::default();
        $(ignored.$name = $count;)*
        ignored
    }};
}

/// Sends a cookie, and checks that it is ignored and counted.
async fn is_ignored(site: &Site, user: Option<&str>, cookie: &str, counted: RejectedOverrides) {
    let shown = site.show(Browser { user, cookie: Some(cookie) }).await;
    assert_eq!((shown.status.as_u16(), shown.page.as_str()), (200, "acme no_state none"), "{cookie:.200}");
    assert_eq!(site.ignored(), counted, "{cookie:.200}");
}

#[tokio::test]
async fn a_changed_cookie_is_forged() {
    let site = Site::open().await;
    let cookie = site.cookie(None, "Payments", "premium");
    let (head, signature) = cookie.rsplit_once('.').expect("a signature");
    let (head, payload) = head.rsplit_once('.').expect("a payload");
    let text = String::from_utf8(BASE64.decode(payload).expect("base64")).expect("text");
    let changed = BASE64.encode(text.replace("premium", "aperture"));
    is_ignored(&site, None, &format!("{head}.{changed}.{signature}"), counted!(forged: 1)).await;
    let zeros = BASE64.encode([0; 32]);
    is_ignored(&site, None, &format!("{head}.{payload}.{zeros}"), counted!(forged: 2)).await;
}

#[tokio::test]
async fn another_key_is_forged() {
    let (site, stranger) = (Site::open().await, Site::with(policy(key(2))).await);
    let cookie = stranger.cookie(None, "Payments", "premium");
    is_ignored(&site, None, &cookie, counted!(forged: 1)).await;
}

#[tokio::test]
async fn a_value_that_was_signed_for_another_cookie_is_forged() {
    let site = Site::open().await;
    let renamed = policy(key(1)).cookie_name("__Host-feats").expect("a name");
    let set = renamed.set_cookie(&site.app, &[], None, "Payments", "premium", HOUR).expect("allowed");
    let elsewhere = sent(&set).replace("__Host-feats=", "feats_overrides=");
    is_ignored(&site, None, &elsewhere, counted!(forged: 1)).await;
}

#[tokio::test]
async fn a_truncated_cookie_is_malformed_or_forged() {
    let site = Site::open().await;
    let cookie = site.cookie(None, "Payments", "premium");
    for length in "feats_overrides=".len()..cookie.len() {
        let shown = site.show(Browser { user: None, cookie: Some(&cookie[..length]) }).await;
        assert_eq!((shown.status.as_u16(), shown.page.as_str()), (200, "acme no_state none"));
    }
    let ignored = site.ignored();
    assert_eq!(ignored, counted!(malformed: (cookie.len() - "feats_overrides=".len()) as u64));
}

#[tokio::test]
async fn a_value_in_another_format_is_malformed() {
    let site = Site::open().await;
    let values = ["", "2", "2..", "2.e30", "3.e30.e30", "2.e30.e30.e30", "%00", "2.e30.\u{1f980}", "true"];
    for (count, value) in (1..).zip(values) {
        let cookie = format!("theme=dark; feats_overrides={value}; other=1");
        is_ignored(&site, None, &cookie, counted!(malformed: count)).await;
    }
}

#[tokio::test]
async fn sixty_four_kibibytes_are_too_large() {
    let site = Site::open().await;
    let long = format!("feats_overrides={}", "x".repeat(64 * 1024));
    is_ignored(&site, None, &long, counted!(too_large: 1)).await;
    let medium = format!("feats_overrides={}", "x".repeat(4097));
    is_ignored(&site, None, &medium, counted!(too_large: 2)).await;
    let many = format!("feats_overrides=1;{}", "a=1;".repeat(16 * 1024));
    is_ignored(&site, None, &many, counted!(too_large: 3)).await;
}

#[tokio::test]
async fn at_most_four_cookies_with_the_name_are_checked() {
    let site = Site::open().await;
    let valid = site.cookie(None, "Payments", "premium");
    let three = "feats_overrides=x; ".repeat(3);
    let shown = site.show(Browser { user: None, cookie: Some(&format!("{three}{valid}")) }).await;
    assert_eq!(shown.page, "premium override none, Payments=premium");
    assert_eq!(site.ignored(), counted!(malformed: 3));
    let fifth = format!("{three}feats_overrides=x; {valid}");
    is_ignored(&site, None, &fifth, counted!(malformed: 7, too_large: 1)).await;
}

#[tokio::test]
async fn a_cookie_is_not_valid_for_another_user() {
    let site = Site::open().await;
    let adas = site.cookie(Some("ada"), "Payments", "premium");
    is_ignored(&site, Some("eve"), &adas, counted!(other_actor: 1)).await;
    is_ignored(&site, None, &adas, counted!(other_actor: 2)).await;
    let anonymous = site.cookie(None, "Payments", "premium");
    is_ignored(&site, Some("ada"), &anonymous, counted!(other_actor: 3)).await;
    is_ignored(&site, Some(""), &anonymous, counted!(other_actor: 4)).await;
}

/// Checks that a cookie that one app has signed is not valid in another.
async fn is_of_another_app(signing: AppBuilder, reading: AppBuilder) {
    let clock = ManualClock::at("2026-12-01T09:00:00Z");
    let [signing, reading] =
        [signing, reading].map(|app| app.declare(Declaration::new("Fee", ["a", "b"])).clock(clock.clone()).detached());
    let (signing, reading) =
        (signing.start().await.expect("an app starts"), reading.start().await.expect("an app starts"));
    let overrides = policy(key(1));
    let set = overrides.set_cookie(&signing, &[], Some("ada"), "Fee", "b", HOUR).expect("allowed");
    let cookie = headers(&sent(&set));
    assert_eq!(overrides.verify(&cookie, &signing, Some("ada")).len(), 1);
    assert_eq!(overrides.verify(&cookie, &reading, Some("ada")), []);
    assert_eq!(overrides.rejected(), counted!(other_app: 1));
    // It is not signed again there either.
    let again =
        overrides.clear_cookie(&reading, &overrides.verify(&cookie, &reading, Some("ada")), Some("ada"), Some("Other"));
    assert!(again.expect("a header").to_str().expect("ASCII").starts_with("feats_overrides=;"));
}

#[tokio::test]
async fn a_cookie_of_staging_is_ignored_in_production_although_they_share_a_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = || App::builder().program("shop", "1.0.0");
    let file = |name: &str| Sqlite::open(folder.path().join(name)).expect("opened");
    is_of_another_app(app().store(file("staging.db")), app().store(file("production.db"))).await;
    is_of_another_app(app().store(file("staging.db")), app().store(Memory::new())).await;
    is_of_another_app(app().store(Memory::new()), App::builder().program("office", "1.0.0").store(Memory::new())).await;
}

#[tokio::test]
async fn a_cookie_of_one_environment_is_ignored_in_another_on_the_same_store() {
    let shop = || App::builder().program("shop", "1.0.0").store(Memory::new());
    is_of_another_app(shop().environment("staging"), shop().environment("prod")).await;
    is_of_another_app(shop().environment("prod"), shop().environment("Prod")).await;
    is_of_another_app(shop().environment("prod"), shop()).await;
    is_of_another_app(shop(), shop().environment("prod")).await;
    // An environment that is named like the store is not that store.
    is_of_another_app(shop().environment("memory"), shop()).await;
    let office = || App::builder().program("office", "1.0.0").store(Memory::new());
    is_of_another_app(shop().environment("prod"), office().environment("prod")).await;
}

#[tokio::test]
async fn a_cookie_of_an_environment_outlives_a_move_of_its_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = ManualClock::at("2026-12-01T09:00:00Z");
    let start = async |file: &str| {
        let store = Sqlite::open(folder.path().join(file)).expect("opened");
        let app = App::builder().program("shop", "1.0.0").environment("prod").store(store);
        let app = app.declare(Declaration::new("Fee", ["a", "b"])).clock(clock.clone());
        app.detached().start().await.expect("an app starts")
    };
    let (before, after) = (start("old.db").await, start("new.db").await);
    let overrides = policy(key(1));
    let set = overrides.set_cookie(&before, &[], Some("ada"), "Fee", "b", HOUR).expect("allowed");
    assert_eq!(overrides.verify(&headers(&sent(&set)), &after, Some("ada")).len(), 1);
}

/// The name of a file store has the path as given, and its identity the absolute path.
#[tokio::test]
async fn a_cookie_belongs_to_the_identity_of_a_store_and_not_to_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = ManualClock::at("2026-12-01T09:00:00Z");
    let start = async |file: &str| {
        let store = Sqlite::open(folder.path().join(file)).expect("opened");
        let (name, app) = (store.name(), App::builder().program("shop", "1.0.0").store(store));
        let app = app.declare(Declaration::new("Fee", ["a", "b"])).clock(clock.clone());
        (name, app.detached().start().await.expect("an app starts"))
    };
    let ((name, before), (other_name, after)) = (start("feats.db").await, start("./feats.db").await);
    assert_ne!(name, other_name);
    let overrides = policy(key(1));
    let set = overrides.set_cookie(&before, &[], Some("ada"), "Fee", "b", HOUR).expect("allowed");
    assert_eq!(overrides.verify(&headers(&sent(&set)), &after, Some("ada")).len(), 1);
}

#[tokio::test]
async fn an_override_ends_at_its_time() {
    let site = Site::open().await;
    let cookie = site.cookie(None, "Payments", "premium");
    let moment = std::time::Duration::from_millis(1);
    site.clock.set_elapsed(HOUR - moment);
    let shown = site.show(Browser { user: None, cookie: Some(&cookie) }).await;
    assert_eq!(shown.page, "premium override none, Payments=premium");
    site.clock.set_elapsed(HOUR);
    is_ignored(&site, None, &cookie, counted!(expired: 1)).await;
    site.clock.set_elapsed(DAY * 400);
    is_ignored(&site, None, &cookie, counted!(expired: 2)).await;
}

#[tokio::test]
async fn a_cookie_from_the_future_is_premature_beyond_a_minute() {
    let site = Site::open().await;
    let minute = std::time::Duration::from_secs(60);
    site.clock.set_elapsed(minute + std::time::Duration::from_millis(1));
    let ahead = site.cookie(None, "Payments", "premium");
    site.clock.set_elapsed(minute);
    let near = site.cookie(None, "Payments", "premium");
    site.clock.set_elapsed(std::time::Duration::ZERO);
    is_ignored(&site, None, &ahead, counted!(premature: 1)).await;
    let shown = site.show(Browser { user: None, cookie: Some(&near) }).await;
    assert_eq!(shown.page, "premium override none, Payments=premium");
}

#[tokio::test]
async fn overrides_of_removed_features_are_ignored_and_the_rest_is_valid() {
    let site = Site::open().await;
    let before = [Declaration::new("Gone", ["old", "new"]), Declaration::new("Renamed", ["one", "two"])];
    let app = feats::App::builder().clock(site.clock.clone()).detached();
    let app = before.into_iter().fold(app, feats::AppBuilder::declare).start().await.expect("an app starts");
    let now = [Declaration::new("Renamed", ["uno", "due"])];
    let after = feats::App::builder().clock(site.clock.clone()).detached();
    let after = now.into_iter().fold(after, feats::AppBuilder::declare).start().await.expect("an app starts");

    let mut cookie = String::new();
    for (feature, implementation) in [("Gone", "new"), ("Renamed", "two"), ("Payments", "premium")] {
        let current = site.overrides.verify(&headers(&cookie), &app, None);
        let set = site.overrides.set_cookie(&app, &current, None, feature, implementation, HOUR);
        cookie = sent(&set.expect("allowed"));
    }
    assert_eq!(site.overrides.verify(&headers(&cookie), &app, None).len(), 3);
    let left = site.overrides.verify(&headers(&cookie), &after, None);
    assert_eq!((left.len(), left[0].feature.as_str()), (1, "Payments"));
    assert_eq!(site.ignored(), counted!(unknown_feature: 1, unknown_implementation: 1));
}

#[tokio::test]
async fn revoking_a_permission_ends_its_overrides() {
    let site = Site::open().await;
    let generous = Overrides::new(key(1)).allow(|_, _| true);
    let set = generous.set_cookie(&site.app, &[], None, "Banner", "sale", HOUR).expect("allowed");
    assert_eq!(generous.verify(&headers(&sent(&set)), &site.app, None)[0].implementation, Banner::Sale.as_ref());
    is_ignored(&site, None, &sent(&set), counted!(not_allowed: 1)).await;
}

proptest! {
    #[test]
    fn random_bytes_are_not_an_override(value in prop::collection::vec(any::<u8>(), 0..300), as_header in any::<bool>()) {
        never_an_override(&value, as_header);
    }

    #[test]
    fn an_unsigned_value_in_the_right_format_is_not_an_override(value in "[12]\\.[A-Za-z0-9_-]{0,200}\\.[A-Za-z0-9_-]{43}") {
        never_an_override(value.as_bytes(), false);
    }
}

fn never_an_override(value: &[u8], as_header: bool) {
    static SITE: std::sync::OnceLock<(tokio::runtime::Runtime, Site)> = std::sync::OnceLock::new();
    let (_, site) = SITE.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let site = runtime.block_on(Site::open());
        (runtime, site)
    });
    let bytes = if as_header { value.to_vec() } else { [b"feats_overrides=", value].concat() };
    let Ok(header) = http::HeaderValue::from_bytes(&bytes) else { return };
    let headers = [(http::header::COOKIE, header)].into_iter().collect();
    for actor in [None, Some("ada")] {
        assert!(site.overrides.verify(&headers, &site.app, actor).is_empty());
    }
}
