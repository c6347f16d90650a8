//! The list of all features.

use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use feats::Timestamp;
use feats::model::Declaration;
use feats::store::{Memory, Store};
use serde_json::json;

use crate::fixture::{MARKUP, TestConsole, between, console, console_on, console_with, payments, secret};

/// The names of the features on a page, in order.
fn names(page: &str) -> Vec<String> {
    let rows = page.split("<a class=\"name\" href=\"feature?name=").skip(1);
    rows.map(|row| between(row, ">", "<").to_owned()).collect()
}

pub async fn found(console: &TestConsole, query: &str) -> Vec<String> {
    names(&console.page(&format!("/features?{query}")).await)
}

async fn three() -> TestConsole {
    let mut old = Declaration::new("OldSearch", ["slow", "fast"]).doc("Finds goods.");
    old.expires = Some("2020-01-31".into());
    console_with([payments(), secret(), old, Declaration::new("Zebra", ["off", "on"])]).await
}

#[tokio::test]
async fn a_row_shows_the_live_state_and_the_last_change() {
    let console = console().await;
    let state = json!({ "otherwise": { "rollout": { "by": "UserId", "weights": { "acme": 95, "aperture": 5 } } } });
    console.publish("Payments", state, "grace", "a canary").await;
    let page = console.page("/features").await;
    assert!(page.contains("Who charges the card.") && !page.contains("Ask Ada"), "{page}");
    assert!(page.contains("aria-label=\"acme 95%, aperture 5%\""), "{page}");
    assert!(page.contains("grace · a canary"), "{page}");
    assert!(page.contains("history?name=Payments"), "{page}");
    assert!(page.contains("<span class=\"tag\">ops</span>"), "{page}");
}

#[tokio::test]
async fn a_row_follows_changes_of_the_feature() {
    let console = console().await;
    let live = async || between(&console.page("/features").await, "<p class=\"sentence\">", "</p>").to_owned();
    assert!(live().await.contains("acme"));
    console.publish("Payments", json!({ "otherwise": { "static": "premium" } }), "ada", "").await;
    assert!(live().await.contains("premium"));
    let feature = console.app.feature_named("Payments").expect("a feature");
    feature.pin("aperture").author("ada").publish().await.expect("pinned");
    assert!(live().await.starts_with("pinned: everyone gets "));
    assert!(console.page("/features").await.contains("<span class=\"tag stop\">pinned</span>"));
}

#[tokio::test]
async fn features_are_found_by_name_doc_implementation_and_owner() {
    let console = three().await;
    assert_eq!(found(&console, "").await, ["OldSearch", "Payments", "Zebra"]);
    assert_eq!(found(&console, "q=PAYM").await, ["Payments"]);
    assert_eq!(found(&console, "q=finds+goods").await, ["OldSearch"]);
    assert_eq!(found(&console, "q=aperture").await, ["Payments"]);
    assert_eq!(found(&console, "q=charges+fast").await, Vec::<String>::new());
    assert_eq!(found(&console, "owner=payments").await, ["Payments"]);
    assert_eq!(found(&console, "q=&kind=ops&owner=&state=&sort=").await, ["Payments"]);
    assert_eq!(found(&console, "kind=release").await, Vec::<String>::new());
}

#[tokio::test]
async fn features_are_found_by_status() {
    let console = three().await;
    let experiment = json!({ "experiment": { "by": "UserId", "weights": { "acme": 50, "premium": 50 } } });
    console.publish("Payments", json!({ "otherwise": experiment }), "ada", "").await;
    let zebra = console.app.feature_named("Zebra").expect("a feature");
    zebra.pin("on").author("ada").publish().await.expect("pinned");
    assert_eq!(found(&console, "state=changed").await, ["Payments", "Zebra"]);
    assert_eq!(found(&console, "state=pinned").await, ["Zebra"]);
    assert_eq!(found(&console, "state=experiment").await, ["Payments"]);
    assert_eq!(found(&console, "state=stale").await, ["OldSearch"]);
    assert_eq!(found(&console, "state=quarantined").await, Vec::<String>::new());
    assert_eq!(found(&console, "sort=changed").await, ["Zebra", "Payments", "OldSearch"]);
    assert!(console.page("/features").await.contains("stale: expired on 2020-01-31"));
}

#[tokio::test]
async fn hidden_features_are_not_listed() {
    let console = console().await;
    let page = console.page("/features").await;
    assert!(!page.contains("SecretProject") && !page.contains("skunkworks"), "{page}");
    assert!(page.contains("1 feature in"), "{page}");
    assert_eq!(found(&console.as_user("auditor"), "q=secret").await, ["SecretProject"]);
}

#[tokio::test]
async fn many_features_have_pages_of_fifty() {
    let features = (0..120).map(|at| Declaration::new(&format!("Feature{at:03}"), ["off", "on"]));
    let console = console_with(features).await;
    let all = found(&console, "").await;
    assert_eq!((all.len(), &*all[0], &*all[49]), (50, "Feature000", "Feature049"));
    assert_eq!(found(&console, "page=3").await.len(), 20);
    assert_eq!(found(&console, "page=99").await, found(&console, "page=3").await);
    let page = console.page("/features?q=Feature&page=2").await;
    assert!(page.contains("href=\"features?q=Feature&amp;page=3\""), "{page}");
    assert!(page.contains("51–100 of 120"), "{page}");
    assert!(page.contains("120 of 120 features"), "{page}");
}

#[tokio::test]
async fn everything_is_escaped() {
    let mut feature = Declaration::new(MARKUP, ["acme", MARKUP]).doc(MARKUP);
    feature.owner = Some(MARKUP.into());
    let console = console_with([feature]).await;
    console.publish(MARKUP, json!({ "otherwise": { "static": MARKUP } }), MARKUP, MARKUP).await;
    let page = console.page("/features?q=%3Cscript%3Ealert(%27%26%27)%3C/script%3E").await;
    assert_eq!(names(&page).len(), 1, "{page}");
}

#[tokio::test]
async fn empty_lists_have_a_notice() {
    assert!(console_with([]).await.page("/features").await.contains("No features yet"));
    let page = console().await.page("/features?q=nothing").await;
    assert!(page.contains("No matches") && page.contains("0 of 1 feature"), "{page}");
}

#[tokio::test]
async fn an_invalid_query_is_rejected() {
    let console = console().await;
    for query in ["kind=soup", "state=tired", "sort=up", "page=minus", "page=-1", "q=a&q=b"] {
        let answer = console.get(&format!("/features?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(answer.body.contains("Invalid request"), "{query}: {}", answer.body);
    }
}

/// Adds counts to the store, `ago` steps in the past.
async fn counted(store: &Memory, kind: &str, step: Duration, ago: u32, counts: &[(&str, i64)]) {
    let step = i64::try_from(step.as_millis()).expect("a step");
    let bucket = Timestamp::from(SystemTime::now()).as_millis().div_euclid(step) - i64::from(ago);
    let key = Timestamp::from_millis(bucket * step).to_string();
    let counts: Vec<_> = counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    store.counters().unwrap().add(kind, &key, &counts, None).await.expect("counted");
}

#[tokio::test]
async fn uses_are_shown_with_the_share_of_each_implementation() {
    let (store, minute) = (Memory::new(), Duration::from_secs(60));
    counted(&store, "uses_by_minute", minute, 3, &[("Payments\u{1f}acme", 40_800), ("Payments\u{1f}premium", 400)])
        .await;
    let console = console_on(store, [payments(), secret()]).await;
    let page = console.page("/features").await;
    assert!(page.contains("<span class=\"num\">41\u{202f}200</span><svg class=\"spark\""), "{page}");
    assert!(page.contains("aria-label=\"acme 99%, premium 1%\""), "{page}");
}

#[tokio::test]
async fn unused_features_are_stale() {
    let (store, day) = (Memory::new(), Duration::from_secs(86_400));
    for ago in 0..40 {
        counted(&store, "uses_by_day", day, ago, &[("Payments", 0)]).await;
    }
    let console = console_on(store, [payments(), Declaration::new("Zebra", ["off", "on"])]).await;
    assert!(console.page("/features").await.contains("stale: unused for 38 days"));
    assert_eq!(found(&console, "state=stale").await, ["Payments"]);
}
