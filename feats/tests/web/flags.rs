//! Flags in requests: overrides of a browser, templates, and decisions by name.

use std::sync::Arc;

use ::minijinja::{Environment, UndefinedBehavior};
use axum::Router;
use axum::routing::get;
use feats::flags::{Condition, Flag, Flags};
use feats::web::minijinja::register;
use feats::web::{RequestScope, ScopeLayer};
use feats::{ErrorKind, Reason, State, attributes};
use serde_json::json;

use crate::fixture::{Browser, HOUR, Site, actor, show};

const PAGE: &str = r#"{{ feature("THEME") }} {{ feature_value("THEME", {"color": "-"}).color }} {{ "on" if enabled("THEME") else "off" }}"#;

/// Creates a flag with the variants `light`, which is served first, and `dark`.
async fn theme(flags: &Flags) -> Flag {
    let variants = [("light", json!({ "color": "white" })), ("dark", json!({ "color": "black" }))];
    flags.create_variants("THEME", variants).enabled().await.expect("created")
}

/// Builds a site whose page is a template. The login is the attribute `user`.
fn router(site: &Site, page: &'static str) -> Router {
    let mut pages = Environment::new();
    register(&site.app, &mut pages);
    pages.add_template("page", page).expect("a template");
    let pages = Arc::new(pages);
    let page = move || async move { pages.get_template("page").and_then(|page| page.render(())).expect("rendered") };
    let layer = ScopeLayer::new(&site.app).actor(actor).overrides(site.overrides.clone());
    let layer = layer.attributes(|parts| match actor(parts) {
        Some(user) => attributes! { "user" => user },
        None => attributes! {},
    });
    Router::new().route("/", get(page)).layer(layer)
}

#[tokio::test]
async fn a_pin_precedes_an_override_of_the_browser_which_precedes_everything_else() {
    let site = Site::open().await;
    let theme = theme(&site.app.flags()).await;
    let router = router(&site, PAGE);
    let cookie = site.cookie(Some("ada"), "THEME", "dark");
    let pages = async || {
        let ada = Browser { user: Some("ada"), cookie: None };
        (show(&router, ada).await.page, show(&router, Browser { cookie: Some(&cookie), ..ada }).await.page)
    };
    let (light, dark, off) = ("light white on", "dark black on", "disabled - off");
    assert_eq!(pages().await, (light.into(), dark.into()));

    theme.override_for("user", ["ada"], "light").await.expect("written");
    assert_eq!(pages().await, (light.into(), dark.into()));
    theme.remove_override("user", ["ada"]).await.expect("written");
    theme.add_condition(Condition::new().check("user", "eve")).await.expect("written");
    assert_eq!(pages().await, (off.into(), dark.into()));
    theme.clear_conditions().await.expect("written");

    // An override also previews a flag that is disabled for everyone.
    theme.disable().await.expect("written");
    assert_eq!(pages().await, (off.into(), dark.into()));
    theme.enable().await.expect("written");
    theme.archive().await.expect("written");
    assert_eq!(pages().await, (off.into(), dark.into()));
    theme.restore().await.expect("written");

    theme.pin("light").await.expect("written");
    assert_eq!(pages().await, (light.into(), light.into()));
    theme.pin("disabled").await.expect("written");
    assert_eq!(pages().await, (off.into(), off.into()));
    theme.unpin().await.expect("written");
    assert_eq!(pages().await, (light.into(), dark.into()));

    theme.destroy().await.expect("written");
    let missing = " - off".to_owned();
    assert_eq!(pages().await, (missing.clone(), missing));
    assert_eq!(site.ignored().unknown_feature, 1);
}

#[tokio::test]
async fn an_override_serves_its_variant_as_long_as_the_flag_has_it() {
    let site = Site::open().await;
    let theme = theme(&site.app.flags()).await;
    let cookie = site.cookie(None, "THEME", "dark");
    let replace = async |variants| {
        let mut replaced = site.app.feature_named("THEME").expect("a flag").state();
        replaced.values = State::from_json(&json!({ "values": variants })).values;
        theme.edit().expect("a flag").replace(replaced).publish().await.expect("published");
    };
    let router = router(&site, PAGE);
    let shown = async || show(&router, Browser { user: None, cookie: Some(&cookie) }).await.page;
    let scope = site.app.scope();
    let scope = scope.with_override(&site.app.feature_named("THEME").expect("a flag"), "dark").expect("a variant");
    let served = || site.app.flags().variant("THEME", &attributes! {}).expect("enabled");

    // The new variant takes the index of the one that is overridden.
    replace(json!({ "amber": 1, "dark": { "color": "navy" }, "light": 2 })).await;
    assert_eq!(shown().await, "dark navy on");
    scope.enter(|| assert_eq!((&*served(), &*site.app.scope().enter(served)), ("dark", "dark")));

    replace(json!({ "amber": 1, "light": { "color": "white" } })).await;
    assert_eq!(shown().await, "light white on");
    assert_eq!(site.ignored().unknown_implementation, 1);
    scope.enter(|| assert_eq!((&*served(), &*site.app.scope().enter(served)), ("dark", "light")));
}

#[tokio::test]
async fn an_override_does_not_bring_back_a_flag_that_was_destroyed() {
    let site = Site::open().await;
    let flag = site.app.flags().create("NEW_CHECKOUT").await.expect("created");
    let scope = site.app.scope();
    let scope = scope.with_override(&site.app.feature_named("NEW_CHECKOUT").expect("a flag"), "enabled");
    let scope = scope.expect("a choice");
    let is_enabled = || flag.is_enabled(&attributes! {});
    scope.enter(|| assert!(is_enabled() && site.app.scope().enter(is_enabled)));
    flag.destroy().await.expect("destroyed");
    scope.enter(|| assert!(is_enabled() && !site.app.scope().enter(is_enabled)));
}

#[tokio::test]
async fn only_choices_of_the_newest_revision_can_be_set() {
    let site = Site::open().await;
    let flags = site.app.flags();
    theme(&flags).await;
    flags.create("NEW_CHECKOUT").await.expect("created");
    let set = |flag, choice| site.overrides.set_cookie(&site.app, &[], None, flag, choice, HOUR);
    for (flag, choice) in
        [("NEW_CHECKOUT", "enabled"), ("NEW_CHECKOUT", "disabled"), ("THEME", "dark"), ("THEME", "disabled")]
    {
        let set = set(flag, choice).expect("a choice");
        let active = site.read(None, set.to_str().expect("ASCII").split(';').next().expect("a pair"));
        assert_eq!((&*active[0].feature, &*active[0].implementation), (flag, choice));
    }
    for (flag, choice, problem) in [
        ("THEME", "enabled", "the flag has no variant of this name; available: disabled, dark, light"),
        ("THEME", "drak", "the flag has no variant of this name; did you mean \"dark\"?"),
        ("NEW_CHECKOUT", "dark", "the flag has no variant of this name; available: disabled, enabled"),
        ("NEW_CHECKUOT", "enabled", "no feature has this name; did you mean \"NEW_CHECKOUT\"?"),
    ] {
        let refused = set(flag, choice).expect_err("a mistake");
        assert!(refused.problems()[0].to_string().ends_with(problem), "{}", refused.problems()[0]);
    }
}

#[tokio::test]
async fn a_request_decides_by_name_for_its_attributes() {
    let site = Site::open().await;
    let flags = site.app.flags();
    let theme = theme(&flags).await;
    let checkout = flags.create("NEW_CHECKOUT").enabled().condition(Condition::new().check("user", "ada"));
    checkout.await.expect("created");
    theme.override_for("user", ["ada"], "dark").await.expect("written");
    let layer = ScopeLayer::new(&site.app).actor(actor);
    let layer = layer.attributes(|parts| attributes! { "user" => actor(parts).unwrap_or_default() });
    let page = async |feats: RequestScope| {
        let value = feats.feature_value("THEME").expect("a flag").expect("a variant");
        let checkout = feats.enabled("NEW_CHECKOUT").expect("a flag");
        format!("{} {value} {checkout}", feats.feature("THEME").expect("a flag"))
    };
    let mistakes = async |feats: RequestScope| {
        let unknown = feats.feature_value("THEMES").expect_err("no flag");
        assert!(unknown.is_not_found() && unknown.to_string().contains("did you mean \"THEME\"?"), "{unknown}");
        assert_eq!(feats.feature_value("Payments").expect_err("no flag").kind(), ErrorKind::Invalid);
        assert_eq!(feats.enabled("Payments").expect_err("no boolean").kind(), ErrorKind::Invalid);
        "checked"
    };
    let router = Router::new().route("/", get(page)).layer(layer.clone());
    let shown = async |user| show(&router, Browser { user: Some(user), cookie: None }).await.page;
    assert_eq!(shown("ada").await, r#"dark {"color":"black"} true"#);
    assert_eq!(shown("eve").await, r#"light {"color":"white"} false"#);
    let router = Router::new().route("/", get(mistakes)).layer(layer);
    assert_eq!(show(&router, Browser::default()).await.page, "checked");
}

#[tokio::test]
async fn all_decisions_of_a_request_read_one_snapshot() {
    let site = Site::open().await;
    let flags = site.app.flags();
    let old = theme(&flags).await;
    let handle = site.app.feature_named("THEME").expect("a flag");
    let scope = site.app.scope().with_override(&handle, "dark").expect("a variant");
    flags.create("NEW_CHECKOUT").enabled().await.expect("created");
    old.destroy().await.expect("destroyed");

    let mut pages = Environment::new();
    register(&site.app, &mut pages);
    pages.set_undefined_behavior(UndefinedBehavior::Strict);
    let new = r#"{{ feature("NEW_CHECKOUT") }} {{ enabled("NEW_CHECKOUT") }}"#;
    let render = |page| pages.render_str(page, ()).expect("rendered");
    scope.enter(|| assert_eq!((&*render(PAGE), &*render(new)), ("dark black on", "disabled False")));
    assert_eq!(handle.explain(&attributes! {}).reason(), Reason::NoState);
    let missing = pages.render_str(r#"{{ feature_value("THEME", 1) }}"#, ()).expect_err("no flag");
    assert!(missing.to_string().contains("no feature named \"THEME\""), "{missing}");
    assert_eq!(render(new), "enabled True");
}

#[tokio::test]
async fn a_page_counts_the_uses_of_flags_except_overridden_ones() {
    let site = Site::open().await;
    theme(&site.app.flags()).await;
    let router = router(&site, r#"{{ feature("THEME") }}{{ feature_value("THEME", {"color": "-"}).color }}"#);
    let cookie = site.cookie(None, "THEME", "dark");
    for cookie in [None, Some(&*cookie)] {
        show(&router, Browser { user: None, cookie }).await;
    }
    site.app.flush().await.expect("stored");
    let hour = site.app.last_hour().await.expect("counted");
    let counted = hour.feature("THEME").expect("used");
    assert_eq!((counted.count("light"), counted.count("dark")), (2, 0));
}
