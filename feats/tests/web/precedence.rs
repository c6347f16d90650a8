//! The precedence of overrides among pins, tests and rules.

use feats::edit::experiment;
use feats::{ErrorKind, Feature, Reason};
use http::header::CACHE_CONTROL;

use crate::fixture::{Banner, Browser, HOUR, Payments, Site, Visitor, VisitorId, headers};

const ADA: Visitor = Visitor { id: 1 };

#[tokio::test]
async fn an_override_affects_only_its_browser() {
    let site = Site::open().await;
    let cookie = site.cookie(Some("ada"), "Payments", "premium");
    let ada = Browser { user: Some("ada"), cookie: Some(&cookie) };
    let shown = site.show(ada).await;
    assert_eq!(shown.page, "premium override none, Payments=premium");
    assert_eq!(shown.headers[CACHE_CONTROL], "private, no-store");
    for other in [Browser { cookie: None, ..ada }, Browser::default()] {
        let shown = site.show(other).await;
        assert_eq!(shown.page, "acme no_state none");
        assert!(!shown.headers.contains_key(CACHE_CONTROL));
    }
}

#[tokio::test]
async fn anonymous_users_can_override_where_allowed() {
    let site = Site::open().await;
    let cookie = site.cookie(None, "Payments", "aperture");
    let shown = site.show(Browser { user: None, cookie: Some(&cookie) }).await;
    assert_eq!(shown.page, "aperture override none, Payments=aperture");
}

#[tokio::test]
async fn a_pin_precedes_an_override_which_precedes_rules() {
    let site = Site::open().await;
    let payments = site.app.feature::<Payments>();
    let cookie = site.cookie(None, "Payments", "premium");
    let browser = Browser { user: None, cookie: Some(&cookie) };
    payments.edit().rule("One", VisitorId::is(1), Payments::Aperture).publish().await.expect("published");
    assert_eq!(site.show(browser).await.page, "premium override none, Payments=premium");
    payments.edit().override_for(VisitorId, [1], Payments::Aperture).publish().await.expect("published");
    assert_eq!(site.show(browser).await.page, "premium override none, Payments=premium");
    payments.pin(Payments::Acme).publish().await.expect("published");
    assert_eq!(site.show(browser).await.page, "acme pinned none, Payments=premium");
    payments.unpin().publish().await.expect("published");
    assert_eq!(site.show(browser).await.page, "premium override none, Payments=premium");
}

#[tokio::test]
async fn a_choice_of_a_test_precedes_an_override() {
    let site = Site::open().await;
    let scope =
        site.app.scope().with_override(&site.app.feature::<Payments>(), Payments::Premium).expect("of the same app");
    scope.enter(|| {
        feats::testing::with(Payments::Aperture, || {
            let why = Payments::explain(&ADA);
            assert_eq!((why.value(), why.reason()), (Payments::Aperture, Reason::Test));
        });
        assert_eq!(Payments::explain(&ADA).reason(), Reason::Override);
    });
}

#[tokio::test]
async fn an_override_applies_to_inner_scopes_of_its_app_only() {
    let (site, other) = (Site::open().await, Site::open().await);
    let scope =
        site.app.scope().with_override(&site.app.feature::<Payments>(), Payments::Premium).expect("of the same app");
    scope.enter(|| {
        assert_eq!(site.app.scope().enter(|| Payments::create(&ADA)), "premium");
        assert_eq!(site.app.enter(|| Payments::create(&ADA)), "premium");
        assert_eq!(other.app.scope().enter(|| Payments::create(&ADA)), "acme");
        assert_eq!(site.app.scope().without_overrides().enter(|| Payments::create(&ADA)), "acme");
        let named = |app: &feats::App| app.feature::<Payments>().explain(&feats::Attributes::new()).reason();
        assert_eq!((named(&site.app), named(&other.app)), (Reason::Override, Reason::NoState));
        assert_eq!(Banner::create(), "none");
    });
    let of_another = site.app.scope().with_override(&other.app.feature::<Payments>(), Payments::Premium);
    assert_eq!(of_another.expect_err("another app").kind(), ErrorKind::Invalid);
    let named = site.app.feature_named("Payments").expect("known");
    let unknown = site.app.scope().with_override(&named, "premum").expect_err("no implementation");
    assert_eq!(unknown.problems()[0].suggestion(), Some("premium"));
}

#[tokio::test]
async fn a_later_override_of_a_scope_replaces_an_earlier_one() {
    let site = Site::open().await;
    let scope = site.app.scope();
    let scope = scope.with_override(&site.app.feature::<Payments>(), Payments::Premium).expect("of the same app");
    let scope = scope.with_override(&site.app.feature::<Banner>(), Banner::Sale).expect("of the same app");
    let scope = scope.with_override(&site.app.feature::<Payments>(), Payments::Aperture).expect("of the same app");
    scope.enter(|| assert_eq!((Payments::create(&ADA), Banner::create()), ("aperture", "sale")));
}

#[tokio::test]
async fn overridden_decisions_are_not_exposures() {
    let site = Site::open().await;
    let payments = site.app.feature::<Payments>();
    let arms = experiment(VisitorId, [(Payments::Acme, 50.0), (Payments::Premium, 50.0)]);
    payments.edit().otherwise(arms).publish().await.expect("published");

    let scope = site.app.scope().with_override(&payments, Payments::Premium).expect("of the same app");
    for id in 0..100 {
        let used = scope.enter(|| {
            Payments::used_implementation(Payments::Acme, &Visitor { id });
            Payments::create(&Visitor { id })
        });
        let used_later = scope.enter_async(async { Payments::create_async(&Visitor { id }).await }).await;
        assert_eq!((used, used_later), ("premium", "premium"));
    }
    site.app.flush().await.expect("stored");
    assert_eq!(payments.experiment().await.expect("an experiment").units(), 0);

    // The same decision without the override is an exposure.
    site.app.enter(|| Payments::create(&ADA));
    site.app.flush().await.expect("stored");
    assert_eq!(payments.experiment().await.expect("an experiment").units(), 1);
}

#[tokio::test]
async fn without_a_policy_nothing_is_allowed() {
    let site = Site::with(feats::web::Overrides::new(crate::fixture::key(1))).await;
    let refused = site.overrides.set_cookie(&site.app, &[], Some("ada"), "Payments", "premium", HOUR);
    assert_eq!(refused.expect_err("nothing is allowed").problems()[0].path(), "feature");
    let granting = Site::open().await;
    let cookie = granting.cookie(Some("ada"), "Payments", "premium");
    assert!(site.overrides.verify(&headers(&cookie), &site.app, Some("ada")).is_empty());
    assert_eq!(site.ignored().not_allowed, 1);
    assert!(!site.overrides.allows(Some("ada"), Payments::NAME));
}
