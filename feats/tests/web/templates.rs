//! Features in templates, by name, in the scope of the request.

use std::sync::Arc;

use ::minijinja::{Environment, UndefinedBehavior};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use feats::edit::experiment;
use feats::web::minijinja::register;
use feats::web::{RequestScope, ScopeLayer};
use tokio::task::{spawn_blocking, yield_now};

use crate::fixture::{Browser, Payments, Pictures, Site, VisitorId, actor, show};

const PAGE: &str = r#"{{ feature("Payments") }}{% if enabled("Pictures") %} with pictures{% endif %}"#;

type Pages = Arc<Environment<'static>>;

async fn page(State(pages): State<Pages>) -> String {
    yield_now().await;
    pages.get_template("page").and_then(|page| page.render(())).expect("rendered")
}

async fn page_elsewhere(State(pages): State<Pages>, feats: RequestScope) -> String {
    let render = move || feats.enter(|| pages.get_template("page").and_then(|page| page.render(())));
    spawn_blocking(render).await.expect("no panic").expect("rendered")
}

/// Builds a site on which the login is the visitor's number.
fn router(site: &Site, source: &'static str) -> (Router, Router) {
    let mut pages = Environment::new();
    register(&site.app, &mut pages);
    pages.add_template("page", source).expect("a template");
    let layer = ScopeLayer::new(&site.app).actor(actor).overrides(site.overrides.clone());
    let layer = layer.attributes(|parts| {
        let id = actor(parts).and_then(|actor| actor.parse::<i64>().ok());
        id.map_or_else(feats::Attributes::new, |id| feats::attributes! { "VisitorId" => id })
    });
    let pages = Arc::new(pages);
    let here = Router::new().route("/", get(page)).with_state(pages.clone()).layer(layer.clone());
    let elsewhere = Router::new().route("/", get(page_elsewhere)).with_state(pages).layer(layer);
    (here, elsewhere)
}

#[tokio::test]
async fn a_template_decides_for_the_attributes_of_its_request() {
    let site = Site::open().await;
    let payments = site.app.feature::<Payments>();
    payments.edit().rule("Seven", VisitorId::is(7), Payments::Premium).publish().await.expect("published");
    let pictures = site.app.feature::<Pictures>();
    pictures.edit().rule("Eight", VisitorId::is(8), Pictures::Disabled).publish().await.expect("published");
    let (here, elsewhere) = router(&site, PAGE);
    let cookie = site.cookie(Some("8"), "Payments", "aperture");
    for (user, cookie, shown) in [
        (None, None, "acme with pictures"),
        (Some("7"), None, "premium with pictures"),
        (Some("8"), None, "acme"),
        (Some("8"), Some(&*cookie), "aperture"),
        (Some("7"), Some(&*cookie), "premium with pictures"),
    ] {
        let browser = Browser { user, cookie };
        assert_eq!(show(&here, browser).await.page, shown);
        assert_eq!(show(&elsewhere, browser).await.page, shown);
    }
}

#[tokio::test]
async fn a_template_records_what_it_uses() {
    let site = Site::open().await;
    let payments = site.app.feature::<Payments>();
    let arms = experiment(VisitorId, [(Payments::Acme, 50.0), (Payments::Premium, 50.0)]);
    payments.edit().otherwise(arms).publish().await.expect("published");
    let (here, _) = router(&site, PAGE);
    let cookie = site.cookie(Some("1"), "Payments", "premium");
    for (cookie, units) in [(Some(&*cookie), 0), (None, 1)] {
        show(&here, Browser { user: Some("1"), cookie }).await;
        site.app.flush().await.expect("stored");
        assert_eq!(payments.experiment().await.expect("an experiment").units(), units);
    }
}

#[tokio::test]
async fn outside_of_a_request_a_template_uses_the_current_snapshot() {
    let site = Site::open().await;
    let mut environment = Environment::new();
    register(&site.app, &mut environment);
    assert_eq!(environment.render_str(PAGE, ()).expect("rendered"), "acme with pictures");
    site.app.feature::<Payments>().pin(Payments::Premium).publish().await.expect("published");
    assert_eq!(environment.render_str(PAGE, ()).expect("rendered"), "premium with pictures");
}

#[tokio::test]
async fn a_mistake_does_not_fail_the_page_unless_the_environment_is_strict() {
    let site = Site::open().await;
    let mut environment = Environment::new();
    register(&site.app, &mut environment);
    let mistakes = [
        (r#"{{ feature("Payment") }}."#, ".", "did you mean \"Payments\"?"),
        (r#"{{ enabled("Picturs") }}."#, "False.", "did you mean \"Pictures\"?"),
        (r#"{{ enabled("Payments") }}."#, "False.", "not a boolean"),
        (r#"{{ enabled("Fuzzy") }}."#, "False.", "computed"),
    ];
    for (source, shown, _) in mistakes {
        assert_eq!(environment.render_str(source, ()).expect("rendered"), shown);
    }
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for (source, _, told) in mistakes {
        let error = environment.render_str(source, ()).expect_err("a mistake").to_string();
        assert!(error.contains(told), "{error}");
    }
}
