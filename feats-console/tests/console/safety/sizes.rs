//! The size of pages for the largest states: every page stays small enough for browsers and busy servers.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use feats::Timestamp;
use feats::model::{Declaration, Entry, FORMAT, Header, ValueKind};
use feats::store::{AppendOutcome, Memory, RevisionStamp, Store};
use serde_json::{Value as Json, json};

use super::PAGES;
use crate::fixture::{Answer, TestConsole, console_on};

const MAX_PAGE_BYTES: usize = 1 << 20;
const REVISIONS: u64 = 31;

/// A console of a feature whose revisions have these states.
async fn console_of(comment: &str, state: impl Fn(u64) -> Json) -> TestConsole {
    console_of_revisions(REVISIONS, comment, state).await
}

pub async fn console_of_revisions(revisions: u64, comment: &str, state: impl Fn(u64) -> Json) -> TestConsole {
    let store = Memory::new();
    let mut before = RevisionStamp::default();
    for version in 1..=revisions {
        let header = Header {
            format: FORMAT,
            feature: "Payments".to_owned(),
            version,
            id: version.to_string(),
            previous: before.hash,
            author: "grace".to_owned(),
            comment: comment.to_owned(),
            time: Timestamp::from_millis(1_700_000_000_000 + version.cast_signed()),
        };
        let entry = Entry::encode(&header, Some(&state(version))).expect("written");
        assert!(matches!(store.append(before, &entry).await, Ok(AppendOutcome::Done)));
        before = RevisionStamp::after(&entry);
    }
    let feature = Declaration::new("Payments", ["acme", "premium"])
        .segment("UserId", ValueKind::Integer)
        .segment("Country", ValueKind::Text);
    let console = console_on(store, [feature]).await;
    assert_eq!(console.app.status().quarantined, [], "every state is valid");
    console
}

fn choice(version: u64) -> &'static str {
    if version.is_multiple_of(2) { "acme" } else { "premium" }
}

fn many_overrides(version: u64) -> Json {
    let units =
        (0..10_000).map(|unit| json!({ "segment": "UserId", "values": [unit], "use": choice(version + unit % 3) }));
    json!({ "overrides": units.collect::<Vec<_>>() })
}

fn many_values(version: u64) -> Json {
    let units = |from: u64| (from..from + 10_000).collect::<Vec<_>>();
    json!({ "overrides": [{ "segment": "UserId", "values": units(version), "use": choice(version) }] })
}

/// Quotes, which are six times as long when escaped.
fn quotes(length: usize, number: u64) -> String {
    format!("{number}{}", "\"".repeat(length))
}

fn many_rules(version: u64) -> Json {
    let rules = (0..500_u64).map(|rule| {
        let values: Vec<_> = (0..6).map(|value| quotes(100, value)).collect();
        let when = json!({ "segment": "Country", "in": values });
        json!({ "name": quotes(100, rule), "when": when, "select": { "static": choice(version) } })
    });
    json!({ "rules": rules.collect::<Vec<_>>() })
}

fn long_values(version: u64) -> Json {
    let when = json!({ "segment": "Country", "eq": quotes(50_000, version) });
    json!({ "rules": [{ "name": "long", "when": when, "select": { "static": choice(version) } }] })
}

fn is_small(answer: &Answer, what: &str) {
    assert!(answer.body.len() <= MAX_PAGE_BYTES, "{what} has {} KiB", answer.body.len() >> 10);
}

async fn every_page_is_small(console: &TestConsole, what: &str) {
    let more = [
        "/history?name=Payments&before=31",
        "/compare?name=Payments&from=0&to=31",
        "/compare?name=Payments&from=31&to=0",
        "/compare?name=Payments&from=3&to=30&line=600",
        "/explain?name=Payments&s.UserId=7&s.Country=CA",
        "/segments?name=UserId",
    ];
    for path in PAGES.into_iter().filter(|path| !path.starts_with("/audit.")).chain(more) {
        let answer = console.get(path).await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{what} {path}: {}", answer.status);
        is_small(&answer, &format!("{what} {path}"));
    }
    for fields in [
        [("what", "pin"), ("choice", "acme"), ("base", "31")],
        [("what", "rollback"), ("version", "0"), ("base", "31")],
        [("what", "rollback"), ("version", "30"), ("base", "3")],
        [("what", "remove"), ("version", ""), ("base", "31")],
    ] {
        let answer = console.post("/preview", &[&[("name", "Payments")], fields.as_slice()].concat()).await;
        assert_eq!(answer.status, StatusCode::OK, "{what} {fields:?}");
        is_small(&answer, &format!("{what} {fields:?}"));
    }
}

#[tokio::test]
async fn pages_of_ten_thousand_overrides_are_small() {
    let console = console_of("", many_overrides).await;
    every_page_is_small(&console, "overrides").await;
    let history = console.page("/history?name=Payments").await;
    assert!(history.contains("Show all") && history.contains("compare?name=Payments&amp;from=30&amp;to=31"));
    let rest = console.page("/compare?name=Payments&from=30&to=31").await;
    assert!(rest.contains("Show more") && rest.contains("&amp;line="));
}

#[tokio::test]
async fn pages_of_an_override_with_ten_thousand_values_are_small() {
    every_page_is_small(&console_of(&quotes(9_000, 0), many_values).await, "values").await;
}

#[tokio::test]
async fn pages_of_many_rules_with_escaped_names_are_small() {
    every_page_is_small(&console_of(&quotes(9_000, 0), many_rules).await, "rules").await;
}

#[tokio::test]
async fn every_rule_is_on_some_page() {
    let console = console_of_revisions(1, "", many_rules).await;
    let (mut first, mut pages) = (0, 0);
    while first < 500 {
        let answer = console.as_user("eve").get(&format!("/feature?name=Payments&rules={first}")).await;
        is_small(&answer, "rules");
        let shown = answer.body.matches("data-rule=").count();
        assert!(shown > 0 && answer.body.contains(&format!("data-rule=\"{first}\"")), "{first}");
        (first, pages) = (first + shown, pages + 1);
    }
    assert!(first == 500 && pages > 1, "{pages} pages");
    // The open rule is shown, whatever its position.
    let mut draft = many_rules(1);
    draft["rules"].as_array_mut().expect("rules").truncate(150);
    let draft = draft.to_string();
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "1"), ("draft", draft.as_str()), ("do", "open:140")];
    let answer = console.post("/feature", &fields).await;
    is_small(&answer, "an open rule");
    assert_eq!(answer.status, StatusCode::OK, "{:.3000}", answer.body.split("<main").nth(1).unwrap_or_default());
    assert!(answer.body.contains("name=\"r.name\""), "the rule is not open");
}

#[tokio::test]
async fn pages_of_long_values_are_small() {
    every_page_is_small(&console_of("", long_values).await, "long").await;
}

/// Regression test: this took 6.6 s, and the conflict page was as large as both states.
#[tokio::test]
async fn a_conflict_of_ten_thousand_overrides_is_merged_quickly() {
    let console = console_of("", many_overrides).await;
    let mut mine = many_overrides(30);
    mine["overrides"].as_array_mut().expect("overrides").truncate(9_000);
    let draft = mine.to_string();
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "30"), ("draft", draft.as_str())];
    let conflict = console.post("/publish", &fields).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    is_small(&conflict, "the conflict");
    let begun = Instant::now();
    let merged = console.post("/feature", &[fields.as_slice(), &[("do", "merge")]].concat()).await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.body);
    is_small(&merged, "the merged draft");
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_page_of_many_problems_is_small() {
    let console = console_of("", |_| json!({})).await;
    let fields = |draft: &str| {
        let draft = draft.to_owned();
        let console = console.clone();
        async move {
            let fields = [("name", "Payments"), ("what", "edit"), ("base", "31"), ("draft", draft.as_str())];
            console.post("/publish", &fields).await
        }
    };
    let unknown = (0..900).map(|rule| json!({ "name": rule.to_string(), "when": { "segment": "Nowhere", "eq": 1 }, "select": { "static": quotes(100, rule) } }));
    for draft in [
        json!({ "rules": unknown.collect::<Vec<_>>() }).to_string(),
        format!("{{\"rules\":[{}0]}}", "0,".repeat(200_000)),
    ] {
        let answer = fields(&draft).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
        is_small(&answer, "problems");
    }
}
