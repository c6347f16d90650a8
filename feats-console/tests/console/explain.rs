//! The explain page.

use axum::http::StatusCode;
use feats::model::{ApplicableSegment, Declaration, ValueKind};
use serde_json::{Value as Json, json};

use crate::fixture::{MARKUP, TestConsole, between, console, console_with, payments};

/// Canada gets premium; half of the others, split by UserId, get aperture.
fn state() -> Json {
    let canada = json!({ "name": "Canada", "when": { "segment": "Country", "in": ["CA"] },
        "select": { "static": "premium" } });
    let rollout = json!({ "by": "UserId", "seed": "9f3k2m7q1x8c4v5b", "weights": { "acme": 50, "aperture": 50 } });
    json!({ "rules": [canada, { "name": "Half", "select": { "rollout": rollout } }] })
}

async fn published() -> TestConsole {
    let console = console().await;
    console.publish("Payments", state(), "ada", "").await;
    console
}

/// The implementation that the subject gets.
fn gets(page: &str) -> &str {
    between(page, "<p class=\"gets\">", "</p>").rsplit('>').next().unwrap_or_default()
}

/// The steps as plain text, each preceded by its verdict.
fn path(page: &str) -> Vec<String> {
    let path = between(page, "<ol class=\"path\">", "</ol>");
    let steps = path.split("<li class=\"").skip(1).filter_map(|step| step.split_once("\">"));
    steps
        .map(|(verdict, step)| format!("{verdict}: {}", text(between(step, "<p class=\"sentence\">", "</p>"))))
        .collect()
}

fn text(markup: &str) -> String {
    let (mut text, mut inside) = (String::new(), false);
    for character in markup.chars() {
        match character {
            '<' => inside = true,
            '>' => inside = false,
            other if !inside => text.push(other),
            _ => {}
        }
    }
    text
}

#[tokio::test]
async fn every_step_of_the_decision_is_shown() {
    let console = published().await;
    let page = console.page("/explain?name=Payments&s.Country=US&s.UserId=42").await;
    assert_eq!(gets(&page), "acme");
    assert!(page.contains("Matched <b>Half</b>."), "{page}");
    assert_eq!(
        path(&page),
        [
            "passed: Canada: did not match. Country is CA: no, it is US.",
            "decides: Half: matched, serves acme. UserId 42 has slot 176 419 of 1 000 000, assigned acme.",
            "not-reached: Default: not reached.",
        ]
    );
    assert!(page.contains("aria-label=\"Slot 176419 of 1000000: acme\"") && page.contains("x=\"17.6419%\""), "{page}");
    assert_eq!(gets(&console.page("/explain?name=Payments&s.Country=CA").await), "premium");
}

#[tokio::test]
async fn empty_fields_are_not_set() {
    let page = published().await.page("/explain?name=Payments&s.Country=&s.UserId=").await;
    assert_eq!(gets(&page), "acme");
    assert_eq!(
        path(&page),
        [
            "passed: Canada: skipped: not set. Country is CA: not set.",
            "passed: Half: matched, but skipped: UserId is not set.",
            "decides: Default: serves acme.",
        ]
    );
}

#[tokio::test]
async fn without_values_there_is_only_the_form() {
    let page = published().await.page("/explain?name=Payments").await;
    assert!(page.contains("Who?") && !page.contains("class=\"gets\""), "{page}");
    assert!(page.contains("name=\"s.Country\"") && page.contains("name=\"s.UserId\""), "{page}");
    assert!(page.contains("<option value=\"CA\">"), "values of the state are suggested: {page}");
}

#[tokio::test]
async fn the_entry_of_an_experiment_is_shown() {
    let console = console().await;
    let experiment = json!({ "by": "UserId", "seed": "s", "share": 0.0001, "weights": { "acme": 50, "premium": 50 } });
    console.publish("Payments", json!({ "otherwise": { "experiment": experiment } }), "ada", "").await;
    let page = console.page("/explain?name=Payments&s.UserId=42").await;
    assert!(page.contains("Does not enter (0.0001% of users enter)."), "{page}");
    assert!(page.contains("aria-label=\"Entry position "), "{page}");
    assert!(!page.contains("aria-label=\"Slot "), "a user who does not enter has no arm: {page}");
}

#[tokio::test]
async fn without_a_state_it_is_the_default() {
    let page = console().await.page("/explain?name=Payments&s.UserId=1").await;
    assert_eq!(gets(&page), "acme");
    assert!(page.contains("Nothing is published: everyone gets the default."), "{page}");
}

#[tokio::test]
async fn a_value_of_another_type_is_an_error_of_its_field() {
    let page = published().await.page("/explain?name=Payments&s.UserId=forty&s.Country=CA").await;
    let field = between(&page, "name=\"s.UserId\"", "</div>");
    assert!(field.contains("aria-invalid=\"true\"") && field.contains("“forty” is not an integer."), "{field}");
    assert!(between(&page, "name=\"s.Country\"", ">").contains("value=\"CA\""), "entered values stay: {page}");
    assert!(!page.contains("class=\"gets\""), "{page}");
}

#[tokio::test]
async fn recent_subjects_are_kept_per_feature() {
    let console = published().await;
    console.page("/explain?name=Payments&s.UserId=1").await;
    console.page("/explain?name=Payments&s.UserId=invalid").await;
    console.page("/explain?name=Payments&s.Country=CA&s.UserId=2").await;
    let page = console.page("/explain?name=Payments").await;
    let recent = between(&page, "Recent", "</section>");
    let links: Vec<&str> = recent.split("<a href=\"").skip(1).map(|link| between(link, "", "\"")).collect();
    assert_eq!(
        links,
        ["explain?name=Payments&amp;s.Country=CA&amp;s.UserId=2", "explain?name=Payments&amp;s.UserId=1"]
    );
    assert!(console.page("/explain").await.contains("<a href=\"explain?name=Payments\">"));
}

#[tokio::test]
async fn recent_subjects_are_visible_only_to_their_user() {
    let console = published().await;
    console.page("/explain?name=Payments&s.UserId=1").await;
    let anonymous = TestConsole::with(console.app.clone(), feats_console::Console::new());
    anonymous.page("/explain?name=Payments&s.UserId=2").await;
    for (other, who) in [(console.as_user("grace"), "grace"), (anonymous, "anonymous")] {
        for path in ["/explain", "/explain?name=Payments"] {
            assert!(!other.page(path).await.contains("Recent"), "{path} for {who}");
        }
    }
    assert!(console.page("/explain?name=Payments").await.contains("Recent"));
}

#[tokio::test]
async fn hidden_features_are_neither_explained_nor_named() {
    let console = console().await;
    let auditor = console.as_user("auditor");
    auditor.page("/explain?name=SecretProject&s.Country=CA").await;
    assert!(auditor.page("/explain").await.contains("SecretProject"));
    assert!(!console.page("/explain").await.contains("SecretProject"));
    assert_eq!(console.get("/explain?name=SecretProject&s.Country=CA").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_segment_of_two_inputs_has_two_fields() {
    let mut feature = Declaration::new("Shipping", ["slow", "fast"]);
    let of = |of: &str| ApplicableSegment {
        segment: "Zip".into(),
        input: Some(of.into()),
        kind: ValueKind::Text,
        options: Vec::new(),
    };
    feature.segments = [of("from"), of("to")].into_iter().collect();
    let console = console_with([feature]).await;
    let when = json!({ "segment": "Zip", "input": "to", "in": ["1010"] });
    let state = json!({ "rules": [{ "name": "Near", "when": when, "select": { "static": "fast" } }] });
    console.publish("Shipping", state, "ada", "").await;
    assert_eq!(gets(&console.page("/explain?name=Shipping&s.to.Zip=1010&s.from.Zip=2020").await), "fast");
    assert_eq!(gets(&console.page("/explain?name=Shipping&s.from.Zip=1010&s.to.Zip=2020").await), "slow");
}

#[tokio::test]
async fn options_and_bools_are_offered() {
    let mut feature = payments().segment("Member", ValueKind::Bool);
    let mut segments = feature.segments.to_vec();
    for segment in segments.iter_mut().filter(|segment| &*segment.segment == "Country") {
        segment.options = vec!["NZ".into()];
    }
    feature.segments = segments.into();
    let page = console_with([feature]).await.page("/explain?name=Payments&s.Member=true").await;
    assert!(page.contains("<option value=\"NZ\">"), "{page}");
    assert!(between(&page, "name=\"s.Member\"", "</select>").contains("<option value=\"true\" selected>"), "{page}");
}

#[tokio::test]
async fn entered_and_published_texts_are_escaped() {
    let console = console().await;
    let mut state = state();
    state["rules"][0]["name"] = MARKUP.into();
    state["rules"][0]["when"]["in"] = json!([MARKUP]);
    console.publish("Payments", state, "ada", "").await;
    let entered = "%3Cscript%3Ealert%28%27%26%27%29%3C%2Fscript%3E";
    for query in
        [format!("s.Country={entered}"), format!("s.UserId={entered}"), format!("s.{entered}=1"), String::new()]
    {
        let page = console.page(&format!("/explain?name=Payments&{query}")).await;
        assert!(page.contains("&lt;script&gt;"), "{query}: {page}");
    }
    assert_eq!(console.get(&format!("/explain?name={entered}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_console_without_features_has_a_notice() {
    assert!(console_with([]).await.page("/explain").await.contains("No features"));
}
