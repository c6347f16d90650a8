//! The page of instances.

use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use feats::model::{Catalog, Declaration};
use feats::store::{Memory, Store};
use feats::{Instance, Timestamp};
use serde_json::json;

use crate::fixture::{MARKUP, TestConsole, between, console_on, console_with, payments, put_catalog, secret};

fn catalog(version: &str, features: Vec<Declaration>) -> Catalog {
    let attributes = [("Environment".to_owned(), json!("dev"))].into();
    Catalog { program: "mail".into(), version: version.into(), features, attributes, ..Catalog::default() }
}

fn instance(version: &str, pid: u32, silent: Duration) -> Instance {
    let now = Timestamp::from(SystemTime::now());
    let ago = |duration: Duration| Timestamp::from_millis(now.as_millis() - duration.as_millis() as i64);
    Instance {
        id: pid.to_string(),
        program: "mail".into(),
        version: version.into(),
        catalog: format!("mail@{version}"),
        pid,
        started: ago(Duration::from_secs(7_200)),
        heartbeat: ago(silent),
        retained: 3,
    }
}

async fn runs(store: &Memory, instance: &Instance) {
    let bytes = serde_json::to_vec(instance).expect("JSON");
    store.records().unwrap().put("instance", &instance.id, &bytes, Some(Duration::from_secs(600))).await.expect("put");
}

/// Two running versions of a program, of which the older one lacks an implementation.
async fn two_versions() -> TestConsole {
    let store = Memory::new();
    let old = Declaration::new("Fee", ["acme"]);
    let new = Declaration::new("Fee", ["acme", "premium"]);
    put_catalog(&store, &catalog("0.9.0", vec![old.clone()])).await;
    put_catalog(&store, &catalog("1.0.0", vec![old, secret()])).await;
    let hidden = Declaration::new("SecretProject", ["off", "on", "doomsday"]);
    put_catalog(&store, &catalog("1.1.0", vec![new, hidden])).await;
    runs(&store, &instance("1.0.0", 41, Duration::from_secs(5))).await;
    runs(&store, &instance("1.1.0", 42, Duration::from_secs(55))).await;
    console_on(store, []).await
}

#[tokio::test]
async fn instances_have_their_version_process_and_heartbeat() {
    let page = two_versions().await.page("/instances").await;
    let first = between(&page, "<h2>mail 1.0.0</h2>", "</section>");
    assert!(first.contains(">41</td>") && first.contains("live"), "{first}");
    assert!(first.contains("2 hours ago") && first.contains("<td class=\"num\">3</td>"), "{first}");
    assert!(first.contains("Environment") && first.contains("dev"), "{first}");
    let second = between(&page, "<h2>mail 1.1.0</h2>", "</section>");
    assert!(second.contains(">42</td>") && second.contains("late"), "{second}");
    let stopped = between(&page, "<h2>Not running</h2>", "</section>");
    assert!(stopped.contains("0.9.0") && !stopped.contains("1.1.0"), "{stopped}");
}

#[tokio::test]
async fn an_app_shows_itself() {
    let console = console_with([payments()]).await;
    let begun = std::time::Instant::now();
    loop {
        let page = console.page("/instances").await;
        if page.contains("<h2>shop 1.4.2</h2>") {
            assert!(page.contains(&format!(">{}</td>", std::process::id())), "{page}");
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "not within 20 s: {page}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_missing_implementation_is_shown() {
    let console = two_versions().await;
    let page = console.page("/instances").await;
    let note = between(&page, "id=\"unknown\"", "</div>");
    assert!(note.contains("premium") && note.contains("missing in mail@1.0.0; available in mail@1.1.0"), "{note}");
    assert!(!note.contains("0.9.0") && !note.contains("acme"), "{note}");
}

#[tokio::test]
async fn hidden_features_are_not_listed() {
    let console = two_versions().await;
    for path in ["/instances", "/instances?catalog=mail@1.0.0"] {
        let page = console.page(path).await;
        assert!(!page.contains("SecretProject") && !page.contains("doomsday"), "{path}: {page}");
        assert!(!page.contains("2 features"), "{path}: {page}");
    }
    let auditor = console.as_user("auditor");
    assert!(auditor.page("/instances").await.contains("doomsday"));
    assert!(auditor.page("/instances?catalog=mail@1.0.0").await.contains("SecretProject"));
}

#[tokio::test]
async fn a_catalog_lists_its_features() {
    let page = two_versions().await.page("/instances?catalog=mail@1.1.0").await;
    assert!(page.contains("<h1>mail 1.1.0</h1>"), "{page}");
    assert!(page.contains("href=\"feature?name=Fee\"") && page.contains("premium"), "{page}");
}

#[tokio::test]
async fn everything_is_escaped() {
    let store = Memory::new();
    let feature = |names: &[&str]| Declaration::new(MARKUP, names.iter().copied());
    let attributes = [(MARKUP.to_owned(), json!(MARKUP))].into();
    let named = Catalog { program: MARKUP.into(), attributes, ..catalog(MARKUP, vec![feature(&["acme", MARKUP])]) };
    let key = put_catalog(&store, &named).await;
    put_catalog(&store, &catalog("1", vec![feature(&["acme"])])).await;
    let of_markup = Instance { catalog: key, program: MARKUP.into(), ..instance(MARKUP, 1, Duration::ZERO) };
    runs(&store, &of_markup).await;
    runs(&store, &instance("1", 2, Duration::ZERO)).await;
    let console = console_on(store, []).await;
    let page = console.page("/instances").await;
    assert!(page.contains("id=\"unknown\""), "{page}");
    let link = between(&page, "<a href=\"instances?catalog=%3C", "\"");
    console.page(&format!("/instances?catalog=%3C{link}")).await;
}

#[tokio::test]
async fn an_empty_list_has_a_notice_and_unknown_catalogs_are_not_found() {
    let console = console_with([]).await;
    assert!(console.page("/instances").await.contains("No running programs"));
    assert_eq!(console.get("/instances?catalog=mail@9").await.status, StatusCode::NOT_FOUND);
    assert_eq!(console.get("/instances?page=soup").await.status, StatusCode::BAD_REQUEST);
}
