//! The page of segments.

use axum::http::StatusCode;
use feats::model::{Catalog, Declaration, SegmentDeclaration, ValueKind};
use feats::store::Memory;
use serde_json::json;

use crate::fixture::{MARKUP, between, console_on, console_with, payments, put_catalog, secret};

fn country() -> SegmentDeclaration {
    SegmentDeclaration {
        name: "Country".into(),
        doc: "Where an order is sent. As ISO 3166.".into(),
        kind: ValueKind::Text,
        options: vec!["CA".into(), "US".into()],
        types: vec!["shop::Address".into(), "shop::User".into()],
        location: None,
    }
}

fn catalog(segments: Vec<SegmentDeclaration>) -> Catalog {
    Catalog { program: "mail".into(), version: "2.0.0".into(), segments, ..Catalog::default() }
}

#[tokio::test]
async fn a_segment_has_its_values_and_its_source() {
    let store = Memory::new();
    put_catalog(&store, &catalog(vec![country()])).await;
    let console = console_on(store, [payments()]).await;
    let list = console.page("/segments").await;
    let row = between(&list, "href=\"segments?name=Country\"", "</tr>");
    assert!(row.contains("Where an order is sent.") && !row.contains("ISO"), "{row}");
    assert!(row.contains("text, one of 2") && row.contains("shop::Address"), "{row}");
    assert!(list.contains("href=\"segments?name=UserId\""), "{list}");
    let page = console.page("/segments?name=Country").await;
    assert!(page.contains("<span class=\"val\">CA</span>"), "{page}");
    assert!(page.contains("href=\"instances?catalog=mail%402.0.0\""), "{page}");
}

#[tokio::test]
async fn a_segment_lists_the_rules_that_use_it() {
    let console = console_with([payments(), Declaration::new("Alone", ["off", "on"])]).await;
    let rule = |name: &str, segment: &str| json!({ "name": name, "when": { "segment": segment, "eq": 7 }, "select": { "static": "acme" } });
    let canada =
        json!({ "name": "Canada", "when": { "segment": "Country", "eq": "CA" }, "select": { "static": "premium" } });
    let by = json!({ "rollout": { "by": "UserId", "weights": { "acme": 95, "aperture": 5 } } });
    let state = json!({ "rules": [canada, rule("Seven", "UserId")], "otherwise": by });
    console.publish("Payments", state, "ada", "").await;
    let page = console.page("/segments?name=UserId").await;
    assert!(page.contains("Seven: if ") && page.contains("Everyone else: split by "), "{page}");
    assert!(!page.contains("Canada") && !page.contains("Alone"), "{page}");
    assert!(console.page("/segments?name=Country").await.contains("Canada: if "));
}

#[tokio::test]
async fn hidden_features_use_no_segments() {
    let mut hidden = secret();
    hidden = hidden.segment("Clearance", ValueKind::Integer);
    let console = console_with([payments(), hidden]).await;
    assert!(!console.page("/segments").await.contains("Clearance"));
    assert_eq!(console.get("/segments?name=Clearance").await.status, StatusCode::NOT_FOUND);
    assert!(!console.page("/segments?name=Country").await.contains("SecretProject"));
    let auditor = console.as_user("auditor");
    assert!(auditor.page("/segments?name=Clearance").await.contains("SecretProject"));
}

#[tokio::test]
async fn everything_is_escaped() {
    let store = Memory::new();
    let segment = SegmentDeclaration {
        name: MARKUP.into(),
        doc: MARKUP.into(),
        options: vec![MARKUP.into()],
        types: vec![MARKUP.into()],
        ..country()
    };
    put_catalog(&store, &Catalog { program: MARKUP.into(), ..catalog(vec![segment]) }).await;
    let feature = Declaration::new("Payments", ["acme"]).segment(MARKUP, ValueKind::Text);
    let console = console_on(store, [feature]).await;
    let list = console.page("/segments").await;
    let link = between(&list, "<a class=\"name\" href=\"", "\"");
    let state = json!({ "overrides": [{ "segment": MARKUP, "values": [MARKUP], "use": "acme" }] });
    console.publish("Payments", state, "ada", "").await;
    assert!(console.page(&format!("/{link}")).await.contains("Override: "));
}

#[tokio::test]
async fn empty_lists_have_a_notice_and_unknown_names_are_not_found() {
    let console = console_with([]).await;
    assert!(console.page("/segments").await.contains("No segments yet"));
    assert_eq!(console.get("/segments?name=Nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(console.get("/segments?page=soup").await.status, StatusCode::BAD_REQUEST);
    let store = Memory::new();
    put_catalog(&store, &catalog(vec![country()])).await;
    let alone = console_on(store, []).await;
    assert!(alone.page("/segments?name=Country").await.contains("No features"));
}

#[tokio::test]
async fn a_segment_of_many_features_has_pages_of_fifty() {
    let feature = |at: usize| Declaration::new(&format!("Feature{at:03}"), ["off"]).segment("Age", ValueKind::Integer);
    let console = console_with((0..60).map(feature)).await;
    let page = console.page("/segments?name=Age").await;
    assert!(page.contains("Feature049") && !page.contains("Feature050"), "{page}");
    assert!(page.contains("href=\"segments?name=Age&amp;page=2\""), "{page}");
    assert!(console.page("/segments?name=Age&page=2").await.contains("Feature059"));
    assert!(!console_with([payments()]).await.page("/segments?name=Country").await.contains("page=2"));
    assert_eq!(console.get("/segments?name=Age&page=-1").await.status, StatusCode::BAD_REQUEST);
}
