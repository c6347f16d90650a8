//! Setting, merging and ending overrides, and changing the key.

use std::time::Duration;

use feats::ErrorKind;
use feats::model::Declaration;
use feats::web::Key;

use crate::fixture::{Browser, DAY, FOREIGN, HOUR, Site, headers, key, policy, sent};

#[tokio::test]
async fn the_cookie_is_inaccessible_to_scripts_and_other_sites_and_ends_with_its_override() {
    let site = Site::open().await;
    let set = site.set(None, "Payments", "premium", 2 * HOUR);
    let attributes: Vec<_> = set.to_str().expect("ASCII").split("; ").skip(1).collect();
    assert_eq!(attributes, ["HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=7200"]);
    let plain = policy(key(1)).secure(false).cookie_name("own").expect("a name");
    let set = plain.set_cookie(&site.app, &[], None, "Payments", "premium", HOUR).expect("allowed");
    let set = set.to_str().expect("ASCII");
    assert!(set.starts_with("own=2.") && !set.contains("Secure"), "{set}");
}

#[tokio::test]
async fn overrides_are_added_replaced_and_ended_one_by_one() {
    let site = Site::open().await;
    let ada = Some("ada");
    let cookie = site.cookie(ada, "Payments", "premium");
    site.clock.set_elapsed(HOUR / 2);

    let add = |cookie: &str, feature, implementation, time| {
        let current = site.read(ada, cookie);
        let set = site.overrides.set_cookie(&site.app, &current, ada, feature, implementation, time);
        sent(&set.expect("allowed"))
    };
    let cookie = add(&cookie, "Banner", "sale", 3 * HOUR);
    let cookie = add(&cookie, FOREIGN.0, FOREIGN.1, HOUR);
    let active = site.read(ada, &cookie);
    let named: Vec<_> = active.iter().map(|active| (&*active.feature, active.until.to_string())).collect();
    assert_eq!(
        named,
        [
            ("Payments", "2026-12-01T10:00:00Z".to_owned()),
            ("Banner", "2026-12-01T12:30:00Z".to_owned()),
            (FOREIGN.0, "2026-12-01T10:30:00Z".to_owned()),
        ]
    );
    let cookie = add(&cookie, "Payments", "aperture", HOUR);
    let shown = site.show(Browser { user: ada, cookie: Some(&cookie) }).await;
    assert!(shown.page.starts_with("aperture override sale, Banner=sale, "), "{}", shown.page);

    let clear = |feature| site.overrides.clear_cookie(&site.app, &site.read(ada, &cookie), ada, feature);
    let left = site.read(ada, &sent(&clear(Some("Banner")).expect("a header")));
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|active| active.feature != "Banner"));
    let gone = clear(None).expect("a header");
    assert_eq!(gone, "feats_overrides=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0");

    // An override that has ended is not written again.
    site.clock.set_elapsed(2 * HOUR);
    assert_eq!(site.read(ada, &cookie).len(), 1);
    let again = add(&cookie, "Payments", "premium", HOUR);
    assert_eq!(site.read(ada, &again).len(), 2);
    assert_eq!(site.ignored().expired, 4);
}

#[tokio::test]
async fn of_several_cookies_the_first_one_takes_precedence() {
    let site = Site::open().await;
    let (one, two) = (site.cookie(None, "Payments", "premium"), site.cookie(None, "Payments", "aperture"));
    let foreign = site.cookie(None, FOREIGN.0, FOREIGN.1);
    let active = site.read(None, &format!("{one}; {two}; {foreign}"));
    let implementations: Vec<_> = active.iter().map(|active| &*active.implementation).collect();
    assert_eq!(implementations, ["premium", FOREIGN.1]);
}

#[tokio::test]
async fn all_problems_are_reported_together() {
    let site = Site::open().await;
    let set = |feature, implementation, time| {
        site.overrides.set_cookie(&site.app, &[], None, feature, implementation, time).expect_err("a mistake")
    };
    let error = set("Payment", "premium", DAY + Duration::from_millis(1));
    let told: Vec<_> = error.problems().iter().map(|problem| (problem.path(), problem.suggestion())).collect();
    assert_eq!(told, [("feature", Some("Payments")), ("time", None)]);
    let error = set("Banner", "sales", Duration::ZERO);
    let told: Vec<_> = error.problems().iter().map(|problem| (problem.path(), problem.suggestion())).collect();
    assert_eq!(told, [("implementation", Some("sale")), ("feature", None), ("time", None)]);
    site.set(None, "Payments", "premium", DAY);
}

#[tokio::test]
async fn more_overrides_than_fit_in_a_cookie_are_rejected_and_the_others_stay() {
    let long = |n: usize| format!("{n:0>200}");
    let app = feats::App::builder().detached();
    let app = (0..20).fold(app, |app, n| app.declare(Declaration::new(&long(n), ["off", "on"])));
    let app = app.start().await.expect("an app starts");
    let overrides = policy(key(1));
    let (mut cookie, mut held) = (String::new(), 0);
    let refused = loop {
        let current = overrides.verify(&headers(&cookie), &app, None);
        assert_eq!(current.len(), held);
        match overrides.set_cookie(&app, &current, None, &long(held), "on", HOUR) {
            Ok(set) => (cookie, held) = (sent(&set), held + 1),
            Err(error) => break error,
        }
    };
    assert_eq!((refused.kind(), held), (ErrorKind::TooLarge, 13));
    assert_eq!(overrides.rejected(), Default::default());
}

/// Browsers silently drop a cookie whose name, `=` and value have more than 4096 bytes.
#[tokio::test]
async fn no_cookie_exceeds_the_limit_of_browsers() {
    let many: Vec<_> = (0..13).map(|n| format!("{n:0>200}")).collect();
    let last: Vec<_> = (1..=200).map(|length| "x".repeat(length)).collect();
    let app = feats::App::builder().detached();
    let app = many.iter().chain(&last).fold(app, |app, name| app.declare(Declaration::new(name, ["off", "on"])));
    let app = app.start().await.expect("an app starts");
    let overrides = policy(key(1));
    let set = |current: &[_], name: &str| overrides.set_cookie(&app, current, None, name, "on", HOUR);
    let mut current = Vec::new();
    for name in &many {
        current = overrides.verify(&headers(&sent(&set(&current, name).expect("it fits"))), &app, None);
    }
    let lengths: Vec<_> = last.iter().filter_map(|name| Some(sent(&set(&current, name).ok()?).len())).collect();
    let longest = lengths.iter().copied().max().expect("some fit");
    assert!(lengths.len() < last.len() && (4090..=4096).contains(&longest), "{longest}");
}

#[tokio::test]
async fn a_key_is_rotated_without_ending_overrides() {
    let site = Site::with(policy(key(1))).await;
    let cookie = site.cookie(Some("ada"), "Payments", "premium");
    let both = policy(key(2)).also_accept(key(1));
    let current = both.verify(&headers(&cookie), &site.app, Some("ada"));
    assert_eq!(current.len(), 1);
    let set = both.set_cookie(&site.app, &current, Some("ada"), "Banner", "sale", HOUR).expect("allowed");
    let new = policy(key(2));
    assert_eq!(new.verify(&headers(&sent(&set)), &site.app, Some("ada")).len(), 2);
    assert!(new.verify(&headers(&cookie), &site.app, Some("ada")).is_empty());
    assert_eq!(new.rejected().forged, 1);
}

#[test]
fn keys_are_long_and_cookies_have_names() {
    assert_eq!(Key::from_bytes(&[7; 31]).expect_err("too short").kind(), ErrorKind::Invalid);
    assert!(Key::from_bytes(&[7; 200]).is_ok());
    for name in ["", "a b", "a;b", "a=b", "ä", &"a".repeat(101)] {
        assert_eq!(policy(key(1)).cookie_name(name).expect_err("no name").kind(), ErrorKind::Invalid);
    }
}

/// Browsers silently drop such a cookie.
#[tokio::test]
async fn a_cookie_that_browsers_reject_is_an_error() {
    let site = Site::open().await;
    for name in ["__Host-feats", "__Secure-feats", "__host-feats", "__SECURE-feats"] {
        let overrides = policy(key(1)).cookie_name(name).expect("secure").secure(false);
        let set = overrides.set_cookie(&site.app, &[], None, "Payments", "premium", HOUR);
        assert_eq!(set.expect_err(name).kind(), ErrorKind::Invalid);
        let cleared = overrides.clear_cookie(&site.app, &[], None, None);
        assert!(cleared.expect_err(name).message().contains("not secure"));
        assert_eq!(policy(key(1)).secure(false).cookie_name(name).expect_err(name).kind(), ErrorKind::Invalid);

        let secure = policy(key(1)).secure(false).secure(true).cookie_name(name).expect(name);
        let set = secure.set_cookie(&site.app, &[], None, "Payments", "premium", HOUR).expect("allowed");
        let set = set.to_str().expect("ASCII");
        let attributes: Vec<_> = set.split("; ").skip(1).collect();
        let has = |attribute| attributes.contains(&attribute);
        assert!(has("Path=/") && has("Secure") && !set.contains("Domain"), "{set}");
    }
    assert!(policy(key(1)).secure(false).cookie_name("Host-feats").is_ok());
}
