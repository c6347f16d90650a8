//! Drafts, sent like a page would send them: round trips, rejected drafts and conflicts.

use std::time::SystemTime;

use axum::http::StatusCode;
use feats::model::{Entry, FORMAT, Header};
use feats::store::{AppendOutcome, Memory, RevisionStamp, Store};
use feats::{State, Timestamp};
use serde_json::{Value as Json, json};

use crate::fixture::{TestConsole, between, console, console_on, payments};

fn rule(name: &str, choice: &str) -> Json {
    json!({ "name": name, "select": { "static": choice } })
}

/// The state in the hidden field of a page.
fn drafted(page: &str) -> Json {
    let field = between(page, "name=\"draft\" value=\"", "\"").replace("&quot;", "\"").replace("&amp;", "&");
    serde_json::from_str(&field).expect("JSON")
}

fn names(state: &Json) -> Vec<&str> {
    state["rules"].as_array().expect("rules").iter().filter_map(|rule| rule["name"].as_str()).collect()
}

/// A step of a draft of the payments.
async fn step(console: &TestConsole, base: u64, draft: &Json, more: &[(&str, &str)]) -> (StatusCode, String) {
    let (base, draft) = (base.to_string(), draft.to_string());
    let fields = [&[("name", "Payments"), ("base", base.as_str()), ("what", "edit"), ("draft", draft.as_str())], more];
    let answer = console.post("/feature", &fields.concat()).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn a_state_that_this_program_cannot_read_cannot_be_edited() {
    let store = Memory::new();
    let header = Header {
        format: FORMAT,
        feature: "Payments".to_owned(),
        version: 1,
        id: "1".to_owned(),
        previous: RevisionStamp::default().hash,
        author: "a newer program".to_owned(),
        comment: String::new(),
        time: Timestamp::from(SystemTime::now()),
    };
    let newer = json!({ "rules": [
        { "name": "near", "when": { "not": { "segment": "Country", "near": ["CA"] } }, "select": { "static": "premium" } },
        rule("other", "acme"),
    ] });
    let entry = Entry::encode(&header, Some(&newer)).expect("written");
    assert!(matches!(store.append(RevisionStamp::default(), &entry).await, Ok(AppendOutcome::Done)));
    let console = console_on(store, [payments()]).await;

    let page = console.page("/feature?name=Payments").await;
    assert!(page.contains("You can't edit it here."));
    assert!(!page.contains("name=\"draft\"") && !page.contains("Add a rule"), "the page has no editor");
    let draft = State::from_json(&newer).to_json();
    assert_eq!(step(&console, 1, &draft, &[("do", "remove:1")]).await.0, StatusCode::BAD_REQUEST);
    let (base, draft) = ("1", draft.to_string());
    let fields = [("name", "Payments"), ("base", base), ("what", "edit"), ("draft", draft.as_str())];
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(console.app.feature_named("Payments").expect("a feature").version(), 1);
}

#[tokio::test]
async fn the_kill_switch_works_however_large_the_state_is() {
    let console = console().await;
    let many: Vec<String> = (0..90_000).map(|at| format!("country number {at}")).collect();
    let state = json!({ "rules": [
        { "name": "many", "when": { "segment": "Country", "in": many }, "select": { "static": "premium" } },
    ] });
    console.publish("Payments", state, "ada", "").await;
    let page = console.page("/feature?name=Payments").await;
    let switch = between(&page, "id=\"pin\"", "</form>");
    assert!(switch.contains("action=\"preview\"") && !switch.contains("name=\"draft\""), "the form has no draft");
    let fields = [("name", "Payments"), ("base", "1"), ("what", "pin"), ("choice", "premium")];
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_open_form_follows_its_rule_when_a_draft_is_rebased() {
    let console = console().await;
    let base = json!({ "rules": [rule("a", "acme"), rule("b", "acme"), rule("c", "acme")] });
    console.publish("Payments", base.clone(), "ada", "").await;
    let theirs = json!({ "rules": [rule("c", "premium")] });
    console.publish("Payments", theirs, "grace", "").await;

    // The open rule is unchanged, so their change of it is kept, also in the form.
    let open = [("open", "2"), ("r.name", "c"), ("r.match", "all"), ("r.kind", "static"), ("r.static", "acme")];
    let (_, page) = step(&console, 1, &base, &[&open[..], &[("do", "merge")]].concat()).await;
    assert!(page.contains("name=\"open\" value=\"0\""), "it is now the first rule");
    assert!(between(&page, "name=\"r.static\"", "</select>").contains("value=\"premium\" selected"));
    assert_eq!(names(&drafted(&page)), ["c"]);

    // A rule that they removed is no longer open.
    let open = [("open", "0"), ("r.name", "a"), ("r.match", "all"), ("r.kind", "static"), ("r.static", "acme")];
    let (_, page) = step(&console, 1, &base, &[&open[..], &[("do", "merge")]].concat()).await;
    assert!(!page.contains("name=\"open\""));
    assert_eq!(names(&drafted(&page)), ["c"]);
}

#[tokio::test]
async fn opening_and_closing_a_rule_changes_nothing() {
    let console = console().await;
    let state = json!({ "rules": [{
        "name": "canary",
        "when": { "all": [{ "segment": "Country", "in": ["US"] }] },
        "select": { "rollout": { "by": "UserId", "weights": { "acme": 95, "aperture": 5 } } },
    }] });
    console.publish("Payments", state, "ada", "").await;
    let live = console.app.feature_named("Payments").expect("a feature").state().to_json();
    let (_, page) = step(&console, 1, &live, &[("do", "open:0")]).await;
    assert!(page.contains("name=\"open\" value=\"0\""));
    let open = [
        ("open", "0"),
        ("r.name", "canary"),
        ("r.match", "all"),
        ("r.c0.source", r#"{"segment":"Country"}"#),
        ("r.c0.op", "in"),
        ("r.c0.v", "US"),
        ("r.kind", "rollout"),
        ("r.by", r#"{"segment":"UserId"}"#),
        ("r.w.acme", "95"),
        ("r.w.aperture", "5"),
        ("r.rest", "acme"),
        ("r.static", "acme"),
        ("r.share", "100"),
        ("r.start", ""),
        ("r.duration", "3h"),
        ("do", "close"),
    ];
    let (_, page) = step(&console, 1, &live, &open).await;
    assert_eq!(drafted(&page), live);
    assert!(!page.contains("<b>Draft.</b>"));
}

#[tokio::test]
async fn a_test_before_publishing_has_the_same_result_afterwards() {
    let console = console().await;
    let draft = json!({ "rules": [
        { "name": "halves", "select": { "rollout": { "by": "UserId", "weights": { "acme": 50, "premium": 50 } } } },
    ] });
    let (_, page) = step(&console, 0, &draft, &[]).await;
    let seeded = drafted(&page);
    let seed = &seeded["rules"][0]["select"]["rollout"]["seed"];
    assert!(seed.is_string(), "{seeded}");
    let (_, again) = step(&console, 0, &seeded, &[]).await;
    assert_eq!(&drafted(&again)["rules"][0]["select"]["rollout"]["seed"], seed);
    let seeded = seeded.to_string();
    let fields = [("name", "Payments"), ("base", "0"), ("what", "edit"), ("draft", seeded.as_str())];
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
    let live = console.app.feature_named("Payments").expect("a feature").state().to_json();
    assert_eq!(&live["rules"][0]["select"]["rollout"]["seed"], seed);
}

#[tokio::test]
async fn a_page_shows_each_problem_once() {
    let console = console().await;
    let draft = json!({ "rules": [
        rule("a", "unknown"),
        { "name": "b", "select": { "rollout": { "by": "Nowhere", "weights": { "acme": 100 } } } },
    ] });
    let (base, draft) = ("0", draft.to_string());
    let fields = [("name", "Payments"), ("base", base), ("what", "edit"), ("draft", draft.as_str())];
    let answer = console.post("/publish", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for path in ["rules[0].select.static", "rules[1].select.rollout.by"] {
        assert_eq!(answer.body.matches(path).count(), 1, "{path}: {}", answer.body);
    }
    let pin = [("name", "Payments"), ("base", base), ("what", "pin"), ("choice", "unknown")];
    for path in ["/preview", "/publish"] {
        let body = console.post(path, &pin).await.body;
        assert_eq!(body.matches("unknown implementation").count(), 1, "{path}: {body}");
    }
}

/// The form accepts what can be published, and the page states the limit in the same unit.
#[tokio::test]
async fn a_comment_has_one_limit_in_characters() {
    let console = console().await;
    let page = step(&console, 0, &json!({ "otherwise": { "static": "premium" } }), &[]).await.1;
    let field = between(&page, "<input id=\"comment\"", ">");
    let limit: usize = between(field, "maxlength=\"", "\"").parse().expect("a number");
    let draft = r#"{"otherwise": {"static": "premium"}}"#;
    for (base, character) in ["0", "1", "2"].into_iter().zip(['a', 'é', '日']) {
        let comment = |length: usize| String::from_iter(std::iter::repeat_n(character, length));
        let publish = async |comment: &str| {
            let fields =
                [("name", "Payments"), ("base", base), ("what", "edit"), ("draft", draft), ("comment", comment)];
            console.post("/publish", &fields).await
        };
        let refused = publish(&comment(limit + 1)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{character}");
        assert!(refused.body.contains(&format!("a comment can have at most {limit} characters")), "{}", refused.body);
        assert_eq!(publish(&comment(limit)).await.status, StatusCode::SEE_OTHER, "{character}");
    }
}

/// The preview shows exact shares.
#[tokio::test]
async fn the_preview_of_an_experiment_shows_who_moves_and_who_stays_outside() {
    let console = console().await;
    let experiment = |share| {
        json!({ "otherwise": { "experiment": {
        "by": "UserId", "weights": { "acme": 50, "premium": 50 }, "share": share } } })
    };
    let (_, page) = step(&console, 0, &experiment(20), &[]).await;
    let preview = between(&page, "id=\"preview\"", "id=\"overrides\"");
    let text = plain(preview);
    assert!(text.contains("10% of everyone else move from acme to premium; 80% stay outside."), "{text}");
    assert!(text.contains("Exact"), "{text}");
    console.publish("Payments", experiment(20), "ada", "").await;
    let mut live = console.app.feature_named("Payments").expect("a feature").state().to_json();
    live["otherwise"]["experiment"]["share"] = json!(40);
    let (_, page) = step(&console, 1, &live, &[]).await;
    let text = plain(between(&page, "id=\"preview\"", "id=\"overrides\""));
    let expected = "10% of everyone else move from acme to premium; 40% of them enter the experiment, previously 20%; \
                    60% stay outside.";
    assert!(text.contains(expected), "{text}");
}

/// The text of markup.
fn plain(markup: &str) -> String {
    let pieces = markup.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    pieces.collect()
}
