//! The form of a rule: suggestions, errors, unchanged parts, and the focus.

use feats::model::{Declaration, ValueKind};
use serde_json::{Value as Json, json};

use crate::fixture::{TestConsole, console, console_with, payments};
use crate::form::Form;

/// The form of the only rule of a feature.
async fn rule(console: &TestConsole, feature: &str, rule: Json) -> Form {
    console.publish(feature, json!({ "rules": [rule] }), "ada", "").await;
    Form::open(console, feature).await.step("open:0").await
}

fn fixed(choice: &str) -> Json {
    json!({ "name": "a", "select": { "static": choice } })
}

fn select(form: &Form) -> Json {
    form.state()["rules"][0]["select"].clone()
}

#[tokio::test]
async fn a_single_implementation_becomes_an_equal_split() {
    for kind in ["rollout", "experiment"] {
        let console = console().await;
        let form = rule(&console, "Payments", fixed("premium")).await.set("r.kind", kind).step("").await;
        assert_eq!(form.errors(), [""; 0], "nothing was typed yet");
        assert!(!form.page.contains("Fix the errors above."), "{}", form.page);
        let split = &select(&form)[kind];
        assert_eq!(split["by"], "Country", "the first suitable segment");
        assert_eq!(split["weights"], json!({ "acme": 33.3333, "aperture": 33.3333, "premium": 33.3334 }));
        if kind == "experiment" {
            assert_eq!(split["share"], 100);
        }
        assert_eq!(form.get("r.rest"), ["premium"]);
    }
}

/// The suggestion follows the chosen implementation.
#[tokio::test]
async fn the_chosen_implementation_gets_the_remainder() {
    let console = console().await;
    let form = rule(&console, "Payments", fixed("premium")).await.set("r.static", "acme").step("").await;
    let form = form.set("r.kind", "rollout").step("").await;
    assert_eq!(form.get("r.rest"), ["acme"]);
}

#[tokio::test]
async fn switching_to_one_implementation_and_back_keeps_the_split() {
    let console = console().await;
    let weights = json!({ "acme": 70, "aperture": 20, "premium": 10 });
    let rollout = json!({ "name": "a", "select": { "rollout": { "by": "UserId", "weights": weights } } });
    let form = rule(&console, "Payments", rollout).await;
    let tried = form.set("r.kind", "static").step("").await;
    assert!(select(&tried)["static"].is_string());
    let again = tried.set("r.kind", "rollout").step("").await;
    assert_eq!((&select(&again)["rollout"]["weights"], &select(&again)["rollout"]["by"]), (&weights, &json!("UserId")));
}

#[tokio::test]
async fn a_split_by_several_segments_stays_in_the_form() {
    let console = console().await;
    let weights = json!({ "acme": 70, "aperture": 20, "premium": 10 });
    let by = json!(["UserId", "Country"]);
    let rollout = json!({ "name": "a", "select": { "rollout": { "by": by, "weights": weights } } });
    let form = rule(&console, "Payments", rollout).await.step("").await;
    assert_eq!(form.errors(), [""; 0]);
    assert!(form.page.contains("UserId, Country (current)"), "{}", form.page);
    assert_eq!((&select(&form)["rollout"]["by"], &select(&form)["rollout"]["weights"]), (&by, &weights));
    let experiment = form.set("r.kind", "experiment").step("").await;
    assert_eq!(experiment.errors(), ["An experiment needs a single segment to split by"]);
    let one = experiment.set("r.by", r#"{"segment":"UserId"}"#).step("").await;
    assert_eq!((one.errors().as_slice(), &select(&one)["experiment"]["by"]), (&[][..], &json!("UserId")));
}

#[tokio::test]
async fn an_experiment_becomes_a_rollout_with_the_same_weights() {
    let console = console().await;
    let weights = json!({ "acme": 70, "premium": 30 });
    let experiment =
        json!({ "name": "a", "select": { "experiment": { "by": "UserId", "weights": weights, "share": 40 } } });
    let form = rule(&console, "Payments", experiment).await;
    let rollout = form.set("r.kind", "rollout").step("").await;
    assert_eq!(rollout.errors(), [""; 0]);
    assert_eq!(select(&rollout)["rollout"]["weights"], weights);
    let back = rollout.set("r.kind", "experiment").step("").await;
    assert_eq!(
        (&select(&back)["experiment"]["weights"], &select(&back)["experiment"]["share"]),
        (&weights, &json!(40))
    );
}

#[tokio::test]
async fn every_feature_with_a_segment_can_be_split() {
    let mut boolean = Declaration::new("Upload", ["enabled", "default", "disabled"]).default_to("default");
    boolean.boolean = true;
    let boolean = boolean.segment("Staff", ValueKind::Bool).segment("UserId", ValueKind::Integer);
    let one = Declaration::new("One", ["only"]).segment("UserId", ValueKind::Integer);
    let none = Declaration::new("NoUnits", ["a", "b"]).segment("Score", ValueKind::Float);
    let console = console_with([boolean, one, none]).await;
    for (feature, choice, by, weights) in [
        ("Upload", "disabled", "UserId", json!({ "enabled": 33.3333, "default": 33.3333, "disabled": 33.3334 })),
        ("One", "only", "UserId", json!({ "only": 100 })),
        ("NoUnits", "b", "random", json!({ "a": 50, "b": 50 })),
    ] {
        let form = rule(&console, feature, fixed(choice)).await.set("r.kind", "rollout").step("").await;
        assert_eq!(form.errors(), [""; 0], "{feature}");
        assert_eq!(select(&form)["rollout"]["by"], by, "{feature}");
        assert_eq!(select(&form)["rollout"]["weights"], weights, "{feature}");
    }
    let form = Form::open(&console, "NoUnits").await.step("open:0").await;
    assert!(form.page.contains("This feature has no segment to split by."), "{}", form.page);
}

#[tokio::test]
async fn errors_appear_and_disappear_with_their_cause() {
    let console = console().await;
    let form = rule(&console, "Payments", fixed("premium")).await.step("check+").await;
    assert_eq!(form.errors(), [""; 0], "it is empty, and the user has not visited it");
    assert!(form.page.contains("Fill in the empty fields."), "{}", form.page);
    let visited = form.set("r.visited", "r.c0.v").step("").await;
    assert_eq!(visited.errors(), ["Enter a value"], "{}", visited.page);
    assert!(visited.page.contains("Fix the errors above."), "{}", visited.page);
    let filled = visited.set("r.c0.v", "CA").step("").await;
    assert_eq!(filled.errors(), [""; 0]);
    assert!(!filled.page.contains("Fill in the empty fields."), "{}", filled.page);
    assert_eq!(filled.state()["rules"][0]["when"]["in"], json!(["CA"]));

    // Invalid input is an error immediately; empty fields become errors when the user closes the form.
    let age = r#"{"segment":"UserId"}"#;
    let wrong = filled.set("r.c0.source", age).set("r.c0.v", "old").step("").await;
    assert_eq!(wrong.errors(), ["“old” is not an integer"]);
    let two = wrong.set("r.c0.v", "7").step("check+").await;
    assert_eq!(two.errors(), [""; 0]);
    let done = two.step("close").await;
    assert_eq!((done.errors(), done.focus()), (vec!["Enter a value".to_owned()], Some("c1-v")));
    let removed = done.step("check-:1").await;
    assert_eq!((removed.errors(), removed.focus()), (vec![], Some("check-add")));
}

#[tokio::test]
async fn an_invalid_share_or_ramp_is_an_error_of_its_field() {
    let console = console().await;
    let form = rule(&console, "Payments", fixed("premium")).await.set("r.kind", "rollout").step("").await;
    let wrong = form.clone().set("r.w.acme", "many").step("close").await;
    assert_eq!(wrong.errors(), ["Enter a number from 0 to 100 with at most four decimals"]);
    assert_eq!(wrong.focus(), Some("w0"));
    assert_eq!(wrong.set("r.w.acme", "5").step("").await.errors(), [""; 0]);
    let ramp = form.clone().set("r.ramp", "on").set("r.duration", "soon").step("close").await;
    assert_eq!((ramp.errors().len(), ramp.focus()), (1, Some("r-duration")));
    let over = form.set("r.w.acme", "70").set("r.w.aperture", "40").step("close").await;
    assert_eq!((over.errors(), over.focus()), (vec!["The shares sum to more than 100%".to_owned()], Some("r-rest")));
}

#[tokio::test]
async fn the_focus_moves_to_the_next_control() {
    let console = console().await;
    let rules: Vec<Json> =
        (1..=30).map(|number| json!({ "name": format!("rule {number}"), "select": { "static": "acme" } })).collect();
    console.publish("Payments", json!({ "rules": rules }), "ada", "").await;
    let form = Form::open(&console, "Payments").await;
    assert_eq!(form.focus(), None, "opening the page does not move the focus");
    let added = form.clone().step("add").await;
    assert_eq!((added.focus(), added.get("r.name")), (Some("r-name"), vec!["New rule"]));
    assert_eq!(form.clone().step("open:29").await.focus(), Some("r-name"));
    assert_eq!(form.clone().step("open:otherwise").await.focus(), Some("kind-static"));
    let edit = |page: &str, rule: &str| {
        let (before, _) = page.split_once(&format!("aria-label=\"Edit {rule}\"")).expect("a button");
        before.rsplit_once("id=\"").and_then(|(_, id)| id.split_once('"')).map(|(id, _)| id.to_owned())
    };
    let closed = added.step("close").await;
    assert_eq!(closed.focus().map(str::to_owned), edit(&closed.page, "New rule"));
    let removed = form.step("open:2").await.step("remove:2").await;
    assert_eq!(removed.focus().map(str::to_owned), edit(&removed.page, "rule 4"));
    let condition = removed.step("open:0").await.step("check+").await;
    assert_eq!(condition.focus(), Some("c0-source"));
    // No other rule opens while the form has errors.
    let blocked = condition.step("add").await;
    assert_eq!((blocked.focus(), blocked.state()["rules"].as_array().map(Vec::len)), (Some("c0-v"), Some(29)));
}

fn rows() -> Declaration {
    let mut feature = payments()
        .segment("Score", ValueKind::Float)
        .segment("Tester", ValueKind::Bool)
        .segment("City", ValueKind::Text);
    let mut segments = feature.segments.to_vec();
    segments[0].options = ["US".into(), "CA".into(), "MX".into()].into();
    feature.segments = segments.into();
    feature
}

/// Opens and closes rules without editing them.
#[tokio::test]
async fn unedited_rules_stay_byte_for_byte() {
    let weights = json!({ "by": "UserId", "weights": { "acme": 99.7, "premium": 0.3 } });
    let ramp = json!({ "rollout": { "by": "UserId", "weights": { "acme": 10, "premium": 90 },
        "ramp": { "start": "2026-12-01T09:00:00.000Z", "duration": "72h", "from": { "acme": 100 } } } });
    for (rule, otherwise) in [
        (json!({ "name": "trail ", "select": { "static": "acme" } }), json!(null)),
        (json!({ "name": "\u{a0} two  spaces", "select": { "rollout": weights } }), json!({ "static": "acme" })),
        (json!({ "name": "a", "when": { "segment": "Country", "in": ["MX", "CA"] }, "select": ramp }), json!(null)),
        (
            json!({ "name": "a", "when": { "all": [{ "segment": "Score", "in": [1, 1.0, 2.50, -0.0] }] },
            "select": { "static": "acme" } }),
            json!({ "experiment": weights }),
        ),
        (
            json!({ "name": "a", "when": { "any": [{ "segment": "UserId", "eq": 1.0 }, { "segment": "UserId", "eq": 1 }] },
            "select": { "static": "acme" } }),
            json!(null),
        ),
        (
            json!({ "name": "a", "when": { "all": [
            { "segment": "City", "matches": "^ a$ " }, { "segment": "City", "starts_with": " C" },
            { "segment": "City", "before": "2026-12-01t09:00:00z" }, { "segment": "City", "semver": ">=1.2, <2" },
            { "not": { "segment": "Tester", "eq": true } }, { "segment": "City", "in": ["CA ", "\nUS", ""] } ] },
            "select": { "static": "premium" } }),
            json!(null),
        ),
    ] {
        let console = console_with([rows()]).await;
        let mut state = json!({ "overrides": [{ "segment": "UserId", "values": [9, 7], "use": "premium" },
            { "segment": "Country", "values": ["MX", "CA"], "use": "acme" }], "rules": [rule] });
        if !otherwise.is_null() {
            state["otherwise"] = otherwise;
        }
        let handle = console.app.feature_named("Payments").expect("a feature");
        let state = feats::State::from_json(&state);
        assert_eq!(state.problems(), []);
        handle.edit().replace(state).publish().await.expect("published");
        let live = handle.state().to_json().to_string();
        let form = Form::open(&console, "Payments").await;
        assert_eq!(form.draft(), live);
        let opened = form.step("open:0").await.step("").await;
        assert_eq!(opened.draft(), live, "opened");
        let closed = opened.step("close").await;
        assert_eq!(closed.draft(), live, "closed");
        let everyone = closed.step("open:otherwise").await.step("close").await;
        let unchanged = everyone.step("up:0").await;
        assert_eq!(unchanged.draft(), live, "everyone else");
        assert!(!unchanged.page.contains("<b>Draft.</b>"), "{}", unchanged.page);
    }
}

/// An edit leaves the other rows, values and shares unchanged.
#[tokio::test]
async fn an_edit_leaves_other_parts_unchanged() {
    let console = console_with([rows()]).await;
    let when = json!({ "all": [
        { "segment": "Country", "in": ["MX", "CA"] }, { "segment": "Score", "in": [1, 2.0] },
        { "segment": "City", "eq": " x" } ] });
    let weights = json!({ "acme": 99.7, "premium": 0.3 });
    let select = json!({ "rollout": { "by": "UserId", "weights": weights } });
    let form = rule(&console, "Payments", json!({ "name": "trail ", "when": when, "select": select })).await;
    let edited = form.set("r.c1.v", "1\n2.0\n3").step("close").await;
    let rule = &edited.state()["rules"][0];
    assert_eq!(rule["when"]["all"][0], when["all"][0]);
    assert_eq!(rule["when"]["all"][1]["in"].to_string(), "[1,2.0,3.0]");
    assert_eq!(rule["when"]["all"][2], when["all"][2]);
    assert_eq!((&rule["name"], &rule["select"]["rollout"]["weights"]), (&json!("trail "), &weights));
    // A newly checked option comes last, whatever the order of the options.
    let form = edited.step("open:0").await;
    assert_eq!(form.get("r.c0.v"), ["CA", "MX"], "in the order of the options");
    let ticked = form.set("r.c0.v", "US\nCA\nMX").step("close").await;
    assert_eq!(ticked.state()["rules"][0]["when"]["all"][0]["in"], json!(["MX", "CA", "US"]));
    let renamed = ticked.step("open:0").await.set("r.name", "  new name ").step("close").await;
    assert_eq!(renamed.state()["rules"][0]["name"], "new name", "typed names are trimmed");
}
