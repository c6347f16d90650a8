//! The audit page and its exports.

use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use feats::model::Declaration;
use feats_console::{Console, router};
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use crate::fixture::{
    Answer, MARKUP, TestConsole, between, console, console_after, console_on, console_with, payments, secret,
};
use crate::troubled::Troubled;

/// The feature and version of each revision on a page, in order.
fn entries(page: &str) -> Vec<String> {
    let rows = page.split("<article class=\"rev\">").skip(1);
    rows.map(|row| format!("{} {}", name(row), between(row, "<span class=\"v\">", "<"))).collect()
}

fn name(row: &str) -> &str {
    let (_, name) = between(row, "<a class=\"name\"", "</a>").split_once('>').expect("a link");
    name
}

async fn shown(console: &TestConsole, query: &str) -> Vec<String> {
    entries(&console.page(&format!("/audit?{query}")).await)
}

/// Follows the links to older pages, and returns the entries of each page.
async fn all_pages(console: &TestConsole, query: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut address = format!("audit?{query}");
    loop {
        let page = console.page(&format!("/{address}")).await;
        pages.push(entries(&page));
        let Some((_, link)) = page.split_once("rel=\"next\" href=\"") else { return pages };
        address = link.split('"').next().expect("an end").replace("&amp;", "&");
    }
}

const ROBOT: &str = "robot";

fn to(choice: &str) -> Json {
    json!({ "otherwise": { "static": choice } })
}

#[tokio::test]
async fn every_revision_is_shown_newest_first() {
    let console = console_with([payments(), Declaration::new("Zebra", ["off", "on"])]).await;
    console.publish("Payments", to("premium"), "ada", "Acme is down").await;
    console.publish("Zebra", to("on"), "grace", "").await;
    console.publish("Payments", to("acme"), "lin", "it is back").await;
    let page = console.page("/audit").await;
    assert_eq!(entries(&page), ["Payments 2", "Zebra 1", "Payments 1"]);
    let newest = between(&page, "<article", "</article>");
    assert!(newest.contains("lin, ") && newest.contains(" · it is back"), "{newest}");
    assert!(newest.contains("was: ") && newest.contains("premium") && newest.contains("acme"), "{newest}");
    assert!(newest.contains("href=\"history?name=Payments&amp;before=3\""), "{newest}");
}

#[tokio::test]
async fn a_page_shows_the_first_of_many_changes_and_the_export_has_all() {
    let console = console().await;
    let rule = |at: usize| json!({ "name": format!("Rule {at}"), "select": { "static": "acme" } });
    console.publish("Payments", json!({ "rules": (0..6).map(rule).collect::<Vec<_>>() }), "ada", "").await;
    let page = console.page("/audit").await;
    assert!(page.contains("Rule 3") && !page.contains("Rule 4"), "{page}");
    assert!(page.contains("and 2 more: "), "{page}");
    assert!(console.page("/audit.csv").await.contains("Rule 5"));
}

#[tokio::test]
async fn a_removal_is_shown() {
    let console = console().await;
    console.publish("Payments", to("premium"), "ada", "").await;
    let feature = console.app.feature_named("Payments").expect("a feature");
    feature.remove_state().author("ada").publish().await.expect("removed");
    assert!(console.page("/audit").await.contains("State removed"));
    let json: Json = serde_json::from_str(&console.page("/audit.json").await).expect("JSON");
    assert_eq!(json["revisions"][0]["removed"], true);
}

#[tokio::test]
async fn pages_have_no_gaps_and_no_duplicates() {
    let features = ["A", "B", "C", "D", "E", "F", "G"];
    let console = console_with(features.map(|name| Declaration::new(name, ["off", "on"]))).await;
    let mut published = Vec::new();
    for at in 0..130_usize {
        // An irregular order, with some long histories and some short ones.
        let feature = features[(at * at + at / 3) % 7 % (1 + at % 7)];
        let version = console.publish(feature, to("on"), "ada", "").await;
        published.push(format!("{feature} {version}"));
    }
    published.reverse();
    let pages = all_pages(&console, "").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [25, 25, 25, 25, 25, 5]);
    assert_eq!(pages.concat(), published);
}

#[tokio::test]
async fn publishing_does_not_change_older_pages() {
    let console = console_with(["A", "B"].map(|name| Declaration::new(name, ["off", "on"]))).await;
    for at in 0..35 {
        console.publish(["A", "B"][at % 2], to("on"), "ada", "").await;
    }
    let page = console.page("/audit").await;
    let link = between(&page, "rel=\"next\" href=\"", "\"").replace("&amp;", "&");
    let before = shown(&console, link.trim_start_matches("audit?")).await;
    console.publish("A", to("on"), "ada", "").await;
    console.publish("B", to("on"), "ada", "").await;
    assert_eq!(shown(&console, link.trim_start_matches("audit?")).await, before);
    assert_eq!(before.len(), 10);
}

/// A state can have megabytes. Each is read once in addition to its header, even if two features change alternately.
#[tokio::test]
async fn a_page_reads_each_revision_once() {
    let revisions_read = Arc::new(AtomicUsize::new(0));
    let store = Troubled { revisions_read: Arc::clone(&revisions_read), ..Troubled::default() };
    let features = ["First", "Second"];
    let console = console_on(store, features.map(|name| Declaration::new(name, ["acme", "premium"]))).await;
    for number in 0..20 {
        for feature in features {
            console.publish(feature, to(["acme", "premium"][number % 2]), "ada", "").await;
        }
    }
    for path in ["/audit", "/audit?feature=First"] {
        let before = revisions_read.load(Ordering::Relaxed);
        assert!(console.page(path).await.contains("premium"));
        let headers = if path == "/audit" { 40 } else { 20 };
        let compared = revisions_read.load(Ordering::Relaxed) - before - headers;
        assert!(compared <= 27, "{path}: {compared} revisions are read");
    }
    let before = revisions_read.load(Ordering::Relaxed);
    assert_eq!(console.page("/audit.csv?feature=First").await.lines().count(), 21);
    assert!(revisions_read.load(Ordering::Relaxed) - before <= 20 + 20);
}

#[tokio::test]
async fn revisions_are_found_by_feature_author_and_reason() {
    let console = console_with([payments(), Declaration::new("PaymentsV2", ["off", "on"])]).await;
    console.publish("Payments", to("premium"), "ada", "Acme is down").await;
    console.publish("PaymentsV2", to("on"), "grace", "try it").await;
    console.publish("Payments", to("acme"), "Adam", "back").await;
    assert_eq!(shown(&console, "feature=pay").await, ["Payments 2", "PaymentsV2 1", "Payments 1"]);
    assert_eq!(shown(&console, "feature=Payments").await, ["Payments 2", "Payments 1"]);
    assert_eq!(shown(&console, "author=ADA").await, ["Payments 2", "Payments 1"]);
    assert_eq!(shown(&console, "author=grace&text=try").await, ["PaymentsV2 1"]);
    assert_eq!(shown(&console, "feature=&author=&text=down").await, ["Payments 1"]);
    assert!(console.page("/audit?text=never").await.contains("No matches"));
}

#[tokio::test]
async fn a_search_without_matches_shows_how_far_it_searched() {
    let console = console_after("Payments", iter::once("grace").chain(iter::repeat_n(ROBOT, 1_010))).await;
    let pages = all_pages(&console, "author=grace").await;
    assert_eq!(pages, [vec![], vec!["Payments 1".to_owned()]]);
    assert!(console.page("/audit?author=grace").await.contains("No matches since"));
}

#[tokio::test]
async fn changes_of_hidden_features_are_hidden() {
    let console = console_with([payments(), secret()]).await;
    console.publish("SecretProject", to("on"), "mallory", "a secret").await;
    for path in ["/audit", "/audit.csv", "/audit.json", "/audit?feature=SecretProject"] {
        let page = console.page(path).await;
        assert!(!page.contains("mallory") && !page.contains("a secret"), "{path}: {page}");
        let page = console.as_user("auditor").page(path).await;
        assert!(page.contains("mallory"), "{path}: {page}");
    }
}

#[tokio::test]
async fn everything_is_escaped() {
    let console = console_with([Declaration::new(MARKUP, ["acme", MARKUP])]).await;
    console.publish(MARKUP, to(MARKUP), MARKUP, MARKUP).await;
    let page = console.page("/audit?author=%3Cscript%3Ealert(%27%26%27)%3C/script%3E").await;
    assert_eq!(entries(&page).len(), 1);
}

#[tokio::test]
async fn an_empty_audit_has_a_notice() {
    assert!(console().await.page("/audit").await.contains("No changes yet"));
}

#[tokio::test]
async fn an_invalid_position_is_rejected() {
    let console = console().await;
    for before in ["soup", "1.2", "1.minus.A", ".."] {
        for path in ["audit", "audit.csv", "audit.json"] {
            let answer = console.get(&format!("/{path}?before={before}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {before}: {}", answer.body);
        }
    }
    // Extreme times are valid.
    for time in [i64::MIN, i64::MAX] {
        assert_eq!(console.get(&format!("/audit?before={time}.{}.A", u64::MAX)).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn csv_is_valid_and_has_no_formulas() {
    let console = console_with([payments()]).await;
    console.publish("Payments", to("premium"), "=cmd|'/C calc'!A0", "two\nlines, \"quoted\"").await;
    let answer = console.get("/audit.csv").await;
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8; header=present");
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"audit.csv\"");
    let (head, rest) = answer.body.split_once("\r\n").expect("a first line");
    assert_eq!(head, "time,feature,version,author,comment,changes,removed,id,hash");
    let expected =
        ",Payments,1,'=cmd|'/C calc'!A0,\"two\nlines, \"\"quoted\"\"\",added: Everyone else: serve premium.,false,";
    assert!(rest.contains(expected), "{rest}");
    assert!(rest.ends_with("\r\n"), "{rest:?}");
}

#[tokio::test]
async fn json_has_the_data_of_the_store() {
    let console = console_with([payments()]).await;
    console.publish("Payments", to("premium"), "ada", "one").await;
    console.publish("Payments", to("acme"), "grace", "two").await;
    let answer = console.get("/audit.json").await;
    assert_eq!(answer.headers["content-type"], "application/json");
    let json: Json = serde_json::from_str(&answer.body).expect("JSON");
    let feature = console.app.feature_named("Payments").expect("a feature");
    let history = feature.history().await.expect("a history");
    assert_eq!(json["next"], Json::Null);
    assert_eq!(json["revisions"].as_array().map(Vec::len), Some(2));
    for (exported, stored) in json["revisions"].as_array().expect("a list").iter().zip(&history) {
        assert_eq!(exported["version"], stored.version());
        assert_eq!(exported["author"], stored.author());
        assert_eq!(exported["hash"], stored.hash().to_string());
        assert_eq!(exported["time"], stored.time().to_string());
    }
    assert_eq!(
        json["revisions"][0]["changes"][0],
        "before: Everyone else: serve premium. after: Everyone else: serve acme."
    );
    let empty: Json = serde_json::from_str(&console.page("/audit.json?author=unknown").await).expect("JSON");
    assert_eq!(empty, json!({ "revisions": [], "next": null }));
}

#[tokio::test]
async fn an_export_has_ten_thousand_revisions_and_links_to_the_next() {
    let console = console_after("Payments", iter::repeat_n(ROBOT, 10_001)).await;
    let answer = console.get("/audit.json?author=robot").await;
    let json: Json = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(json["revisions"].as_array().map(Vec::len), Some(10_000));
    let next = json["next"].as_str().expect("an address");
    assert_eq!(answer.headers["link"], format!("<{next}>; rel=\"next\""));
    let rest: Json = serde_json::from_str(&console.page(&format!("/{next}")).await).expect("JSON");
    assert_eq!(rest["revisions"].as_array().map(Vec::len), Some(1));
    assert_eq!(rest["revisions"][0]["version"], 1);
}

#[tokio::test]
async fn a_position_after_too_many_revisions_is_searched_only_in_its_own_feature() {
    let console = console_after("Payments", iter::repeat_n(ROBOT, 10_001)).await;
    let answer = console.get("/audit?before=0.1.Another").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    assert_eq!(shown(&console, "before=0.2.Payments").await, ["Payments 1"]);
}

#[tokio::test]
async fn two_exports_run_at_a_time() {
    let console = console().await;
    console.publish("Payments", to("premium"), "ada", "").await;
    let console = router(console.app, Console::new());
    let export = async || {
        let request = Request::get("/audit.csv").body(Body::empty()).expect("a request");
        console.clone().oneshot(request).await.expect("an answer")
    };
    let (first, second) = (export().await, export().await);
    assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::OK));
    let third = export().await;
    assert_eq!(third.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(third.headers()["retry-after"], "10");
    assert!(Answer::read(first).await.body.contains("Payments"), "the file is complete");
    let third = export().await;
    assert_eq!(third.status(), StatusCode::OK);
    drop((second, third));
    assert_eq!((export().await).status(), StatusCode::OK, "an abandoned export releases its permit");
}
