//! Test features of every kind and in every state.

use std::time::{Duration, SystemTime};

use feats::flags::{Bucketer, Condition};
use feats::model::{BucketFunction, Declaration, FeatureKind, Rollout, Timestamp, ValueKind};
use feats::{App, State};
use serde_json::{Value as Json, json};

/// A name that contains markup, and is long enough to overflow a narrow page.
pub const MARKUP: &str =
    "<b>bold</b> & \"quoted\" <script>document.title = 'broken'</script> and_one_word_that_goes_on_and_on_and_on";

/// The feature that tests edit.
pub const PAYMENT: &str = "PaymentProcessor";
/// A feature with forty rules.
pub const LONG: &str = "ShippingMethod";

/// A flag with conditions and a ramp.
pub const SEARCH: &str = "FUZZY_SEARCH";
/// A flag with variants.
pub const THEME: &str = "THEME";
/// A flag in the buckets of Flipper.
pub const HOMEPAGE: &str = "HOMEPAGE";

pub fn declared() -> Vec<Declaration> {
    let plain = |name: &str, kind, owner: &str| {
        let mut feature = Declaration::new(name, ["off", "on"]).segment("Country", ValueKind::Text);
        (feature.kind, feature.owner) = (Some(kind), Some(owner.into()));
        feature
    };
    let mut payment = Declaration::new(PAYMENT, ["acme", "premium", "aperture"])
        .doc("Who charges the card.")
        .segment("Country", ValueKind::Text)
        .segment("Plan", ValueKind::Text)
        .segment("UserId", ValueKind::Integer)
        .segment("Staff", ValueKind::Bool);
    let segments = payment.segments.iter().cloned().map(|mut segment| {
        if &*segment.segment == "Plan" {
            segment.options = ["free", "team", "company"].map(Into::into).to_vec();
        }
        segment
    });
    payment.segments = segments.collect();
    (payment.kind, payment.owner) = (Some(FeatureKind::Ops), Some("payments".into()));

    let shipping = Declaration::new(LONG, ["post", "courier", "drone"])
        .segment("Country", ValueKind::Text)
        .segment("UserId", ValueKind::Integer);
    let mut button = Declaration::new("ButtonColour", ["grey", "green", "blue"]).segment("UserId", ValueKind::Integer);
    (button.kind, button.owner) = (Some(FeatureKind::Experiment), Some("growth".into()));
    let mut boolean = plain("ImageProcessing", FeatureKind::Ops, "media");
    boolean.boolean = true;
    let mut expired = plain("OldCheckout", FeatureKind::Release, "checkout");
    expired.expires = Some("2024-01-31".into());
    let alone = Declaration::new("WithoutSegments", ["quiet", "loud"]).doc("A feature without input.");
    let mut named = plain(MARKUP, FeatureKind::Permission, MARKUP);
    named.doc = format!("{MARKUP} \u{1f680} ütf-8").into();
    vec![payment, shipping, button, boolean, expired, alone, named, plain("Maintenance", FeatureKind::Ops, "platform")]
}

/// Publishes versions of all features but one.
pub async fn publish(app: &App) {
    let start = Timestamp::from(SystemTime::now());
    let ramp = json!({ "name": "Slowly to premium", "select": { "rollout": {
        "by": "UserId", "weights": { "acme": 10, "premium": 90 },
        "ramp": { "start": start.to_string(), "duration": "72h", "from": { "acme": 100 } } } } });
    let payment = json!({
        "overrides": [{ "segment": "UserId", "values": [7, 42], "use": "aperture" }],
        "rules": [
            { "name": "Acme outage", "when": { "segment": "Country", "eq": "CA" }, "select": { "static": "premium" } },
            { "name": "Companies", "when": { "all": [
                { "segment": "Plan", "in": ["team", "company"] }, { "not": { "segment": "Staff", "eq": true } }] },
              "select": { "rollout": { "by": "UserId", "weights": { "acme": 50, "premium": 30, "aperture": 20 } } } },
            ramp,
        ],
    });
    let forty = (1..=40).map(|number| {
        let country = format!("C{number}");
        let choice = ["post", "courier", "drone"][number % 3];
        json!({ "name": format!("Country number {number}"), "when": { "segment": "Country", "eq": country }, "select": { "static": choice } })
    });
    let forty = forty.collect();
    let experiment = json!({ "otherwise": { "experiment": {
        "by": "UserId", "weights": { "grey": 50, "green": 25, "blue": 25 }, "share": 40 } } });
    let markup = json!({ "rules": [{ "name": MARKUP, "when": { "any": [
            { "segment": "Country", "in": ["<i>x</i>", "'; --", "\"quoted\""] }, { "segment": "Country", "eq": MARKUP }] },
        "select": { "static": "on" } }] });
    for (feature, state, comment) in [
        (PAYMENT, json!({ "rules": [payment["rules"][0]] }), "Acme is down in Canada"),
        (PAYMENT, payment, "Companies first, then everyone, slowly"),
        (LONG, json!({ "rules": Json::Array(forty) }), ""),
        ("ButtonColour", experiment, "Which color sells"),
        ("ImageProcessing", json!({ "pinned": "off" }), "We are under attack"),
        ("OldCheckout", json!({ "otherwise": { "static": "on" } }), "Everyone is here"),
        (MARKUP, markup, MARKUP),
    ] {
        let change = app.feature_named(feature).expect("declared").edit().replace(State::from_json(&state));
        change
            .author(if comment.is_empty() { "grace" } else { "ada" })
            .comment(comment)
            .publish()
            .await
            .expect(feature);
    }
}

/// Creates flags: with conditions and a ramp, with variants, and with the buckets of another system.
pub async fn create_flags(app: &App) {
    let flags = app.flags().author("ada");
    let search = flags.create(SEARCH).enabled();
    let search = search.condition(Condition::new().check("is_admin", true).check("plan__in", ["pro", "team"]));
    let half_an_hour = Duration::from_secs(1_800);
    let ramp = Bucketer::consistent(["tenant", "user_id"]).ramp(20.0, 80.0, half_an_hour);
    search.bucketer(ramp).await.expect("a flag");
    let themes = [("light", json!({ "color": "white" })), ("dark", json!({ "color": "black", "accent": "#fc0" }))];
    flags.create_variants(THEME, themes).enabled().await.expect("a flag");
    flags.create(HOMEPAGE).enabled().await.expect("a flag");
    let mut state = app.feature_named(HOMEPAGE).expect("a flag").state();
    let mut rollout = Rollout::new("user_id", [("enabled", 50.0), ("disabled", 50.0)]);
    rollout.bucketing = Some(BucketFunction::Flipper.into());
    state.otherwise = Some(rollout.into());
    app.feature_named(HOMEPAGE)
        .expect("a flag")
        .edit()
        .replace(state)
        .author("import")
        .publish()
        .await
        .expect("published");
}
