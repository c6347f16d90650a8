//! The history page.

use std::time::Duration;

use axum::http::StatusCode;
use feats::model::Entry;
use feats::store::{AppendOutcome, Cursor, LoadedStates, Memory, Page, RevisionStamp, Store, WatchEvent, async_trait};
use feats_console::{Console, router};
use serde_json::{Value as Json, json};

use crate::fixture::{MARKUP, TestConsole, between, console, console_on, payments};

fn canada(choice: &str) -> Json {
    let when = json!({ "segment": "Country", "in": ["CA"] });
    json!({ "rules": [{ "name": "Canada", "when": when, "select": { "static": choice } }] })
}

/// The entry of one version.
fn revision(page: &str, version: u64) -> &str {
    between(page, &format!("id=\"v{version}\""), "</article>")
}

/// The versions on a page, in order.
fn versions(page: &str) -> Vec<u64> {
    let ids = page.split(" id=\"v").skip(1).filter_map(|rest| rest.split_once('"'));
    ids.filter_map(|(version, _)| version.parse().ok()).collect()
}

async fn three_revisions() -> TestConsole {
    let console = console().await;
    console.publish("Payments", canada("premium"), "grace", "Acme is down").await;
    console.publish("Payments", canada("aperture"), "ada", "").await;
    let feature = console.app.feature_named("Payments").expect("a feature");
    feature.pin("acme").author("ada").comment("all of it").publish().await.expect("pinned");
    console
}

#[tokio::test]
async fn every_version_has_its_author_reason_and_changes() {
    let page = three_revisions().await.page("/history?name=Payments").await;
    assert_eq!(versions(&page), [3, 2, 1]);
    let first = revision(&page, 1);
    assert!(first.contains("<b>Acme is down</b>") && first.contains("grace, "), "{first}");
    assert!(first.contains("class=\"add\"") && !first.contains("class=\"del\""), "{first}");
    let second = revision(&page, 2);
    assert!(second.contains("no reason given"), "{second}");
    assert!(between(second, "class=\"del\"", "</li>").contains("premium"), "{second}");
    assert!(between(second, "class=\"add\"", "</li>").contains("aperture"), "{second}");
}

#[tokio::test]
async fn the_newest_version_is_live() {
    let console = three_revisions().await;
    let page = console.page("/history?name=Payments").await;
    assert!(revision(&page, 3).contains("live</span>") && revision(&page, 3).contains("pinned</span>"), "{page}");
    assert!(!revision(&page, 2).contains("live</span>") && !revision(&page, 2).contains("pinned</span>"), "{page}");
    let feature = console.app.feature_named("Payments").expect("a feature");
    feature.remove_state().author("ada").publish().await.expect("removed");
    let page = console.page("/history?name=Payments").await;
    assert!(revision(&page, 4).contains("live</span>") && revision(&page, 4).contains("removed</span>"), "{page}");
    assert!(!revision(&page, 3).contains("live</span>"), "{page}");
}

#[tokio::test]
async fn every_earlier_version_has_a_rollback_and_so_has_version_zero() {
    let page = three_revisions().await.page("/history?name=Payments").await;
    let forms: Vec<&str> = page.split("action=\"preview\" method=\"post\"").skip(1).collect();
    assert_eq!(forms.len(), 3);
    for (form, version) in forms.iter().zip([2, 1, 0]) {
        let form = form.split("</form>").next().expect("an end");
        for (name, value) in
            [("name", "Payments"), ("base", "3"), ("what", "rollback"), ("version", &version.to_string())]
        {
            assert!(form.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{name} in {form}");
        }
    }
    assert!(!revision(&page, 3).contains("<form"), "the newest version has no rollback");
}

#[tokio::test]
async fn users_who_may_not_publish_see_no_rollback() {
    let console = three_revisions().await;
    let settings = Console::new();
    let readers = router::<()>(console.app.clone(), settings);
    let request = axum::http::Request::get("/history?name=Payments").body(axum::body::Body::empty());
    let answer = tower::ServiceExt::oneshot(readers, request.expect("a request")).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    let page = String::from_utf8_lossy(&body);
    assert_eq!(versions(&page), [3, 2, 1]);
    assert!(!page.contains("Roll back"), "{page}");
}

#[tokio::test]
async fn the_history_of_a_hidden_feature_is_not_found() {
    let console = console().await;
    console.publish("SecretProject", json!({ "otherwise": { "static": "on" } }), "auditor", "hush").await;
    let hidden = console.get("/history?name=SecretProject").await;
    let missing = console.get("/history?name=SecretProjekt").await;
    assert_eq!((hidden.status, missing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(hidden.body, missing.body);
    assert!(console.as_user("auditor").page("/history?name=SecretProject").await.contains("hush"));
}

#[tokio::test]
async fn everything_is_escaped() {
    let console = console().await;
    let mut state = canada("premium");
    state["rules"][0]["name"] = MARKUP.into();
    state["rules"][0]["when"]["in"] = json!([MARKUP]);
    console.publish("Payments", state, MARKUP, MARKUP).await;
    let page = console.page("/history?name=Payments").await;
    assert!(page.matches("&lt;script&gt;").count() >= 4, "{page}");
}

#[tokio::test]
async fn an_empty_history_has_a_notice() {
    let page = console().await.page("/history?name=Payments").await;
    assert!(page.contains("No versions yet") && versions(&page).is_empty(), "{page}");
}

#[tokio::test]
async fn a_long_history_has_pages() {
    let console = console().await;
    for at in 0..65 {
        let choice = if at % 2 == 0 { "acme" } else { "premium" };
        console.publish("Payments", canada(choice), "ada", "").await;
    }
    let first = console.page("/history?name=Payments").await;
    assert_eq!(versions(&first), (36..=65).rev().collect::<Vec<_>>());
    assert!(!first.contains("Before the first version</b>") && !first.contains("Newer"), "{first}");
    assert!(revision(&first, 36).contains("class=\"del\""), "the oldest version on the page has its changes");
    let second = console.page("/history?name=Payments&before=36").await;
    assert!(first.contains("history?name=Payments&amp;before=36"), "{first}");
    assert_eq!(versions(&second), (6..=35).rev().collect::<Vec<_>>());
    assert!(second.contains("href=\"history?name=Payments\">← Newer"), "{second}");
    let last = console.page("/history?name=Payments&before=6").await;
    assert_eq!(versions(&last), [5, 4, 3, 2, 1]);
    assert!(last.contains("href=\"history?name=Payments&amp;before=36\">← Newer") && !last.contains("Older"), "{last}");
    assert!(last.contains("Before the first version</b>"), "{last}");
    assert!(console.page("/history?name=Payments&before=1").await.contains("No older versions"));
}

#[tokio::test]
async fn an_invalid_query_is_rejected() {
    let console = console().await;
    for query in ["name=Payments&before=x", "name=Payments&before=-1", "before=3", ""] {
        let answer = console.get(&format!("/history?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(answer.body.contains("Invalid request"), "{}", answer.body);
    }
}

#[tokio::test]
async fn an_unaltered_history_is_verified() {
    let page = three_revisions().await.page("/history?name=Payments").await;
    assert!(between(&page, "<footer>", "</footer>").contains("Verified unaltered"), "{page}");
}

#[tokio::test]
async fn an_altered_version_is_shown_as_damaged() {
    let console = console_on(Altered(Memory::new()), [payments()]).await;
    for choice in ["acme", "aperture", "premium"] {
        console.publish("Payments", canada(choice), "ada", "").await;
    }
    let page = console.page("/history?name=Payments").await;
    assert_eq!(versions(&page), [3, 2, 1]);
    let second = revision(&page, 2);
    assert!(second.contains("Damaged version") && !second.contains("Roll back"), "{second}");
    assert!(revision(&page, 3).contains("the previous version is damaged"), "{page}");
    let chain = between(&page, "<footer>", "</footer>");
    assert!(chain.contains("Altered") && chain.contains("Version 2 was altered"), "{chain}");
}

/// A store that alters version 2 when its history is read.
struct Altered(Memory);

#[async_trait]
impl Store for Altered {
    fn name(&self) -> String {
        self.0.name()
    }

    async fn load(&self) -> feats::Result<LoadedStates> {
        self.0.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> feats::Result<AppendOutcome> {
        self.0.append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> feats::Result<Vec<Entry>> {
        let mut entries = self.0.history(feature, page).await?;
        for entry in entries.iter_mut().filter(|entry| entry.version == 2) {
            entry.bytes = String::from_utf8_lossy(&entry.bytes).replace("aperture", "premium").into_bytes();
        }
        Ok(entries)
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> feats::Result<WatchEvent> {
        self.0.watch(after, wait).await
    }

    async fn versions(&self) -> feats::Result<Vec<(String, u64)>> {
        self.0.versions().await
    }

    async fn epoch(&self) -> feats::Result<String> {
        self.0.epoch().await
    }
}
