//! The history of a feature.

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

/// The part of the page about one version.
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
async fn every_revision_says_who_did_what_and_why() {
    let page = three_revisions().await.page("/history?name=Payments").await;
    assert_eq!(versions(&page), [3, 2, 1]);
    let first = revision(&page, 1);
    assert!(first.contains("<b>Acme is down</b>") && first.contains("grace, "), "{first}");
    assert!(first.contains("class=\"add\"") && !first.contains("class=\"del\""), "{first}");
    let second = revision(&page, 2);
    assert!(second.contains("no comment given"), "{second}");
    assert!(between(second, "class=\"del\"", "</li>").contains("premium"), "{second}");
    assert!(between(second, "class=\"add\"", "</li>").contains("aperture"), "{second}");
}

#[tokio::test]
async fn the_newest_revision_is_live_and_may_be_pinned_or_removed() {
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
async fn every_earlier_revision_can_be_gone_back_to_and_so_can_nothing() {
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
    assert!(!revision(&page, 3).contains("<form"), "the newest one is where we are");
}

#[tokio::test]
async fn who_may_not_publish_is_shown_no_way_back() {
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
async fn a_history_is_hidden_from_those_who_may_not_see_the_feature() {
    let console = console().await;
    console.publish("SecretProject", json!({ "otherwise": { "static": "on" } }), "auditor", "hush").await;
    let hidden = console.get("/history?name=SecretProject").await;
    let missing = console.get("/history?name=SecretProjekt").await;
    assert_eq!((hidden.status, missing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(hidden.body, missing.body);
    assert!(console.asked_by("auditor").page("/history?name=SecretProject").await.contains("hush"));
}

#[tokio::test]
async fn nothing_that_was_written_is_markup() {
    let console = console().await;
    let mut state = canada("premium");
    state["rules"][0]["name"] = MARKUP.into();
    state["rules"][0]["when"]["in"] = json!([MARKUP]);
    console.publish("Payments", state, MARKUP, MARKUP).await;
    let page = console.page("/history?name=Payments").await;
    assert!(page.matches("&lt;script&gt;").count() >= 4, "{page}");
}

#[tokio::test]
async fn a_feature_without_history_says_so() {
    let page = console().await.page("/history?name=Payments").await;
    assert!(page.contains("Nothing was published yet") && versions(&page).is_empty(), "{page}");
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
    assert!(!first.contains("Before anything was published</b>") && !first.contains("Newer"), "{first}");
    assert!(revision(&first, 36).contains("class=\"del\""), "the oldest one shown is compared too");
    let second = console.page("/history?name=Payments&before=36").await;
    assert!(first.contains("history?name=Payments&amp;before=36"), "{first}");
    assert_eq!(versions(&second), (6..=35).rev().collect::<Vec<_>>());
    assert!(second.contains("href=\"history?name=Payments\">← Newer"), "{second}");
    let last = console.page("/history?name=Payments&before=6").await;
    assert_eq!(versions(&last), [5, 4, 3, 2, 1]);
    assert!(last.contains("href=\"history?name=Payments&amp;before=36\">← Newer") && !last.contains("Older"), "{last}");
    assert!(last.contains("Before anything was published</b>"), "{last}");
    assert!(console.page("/history?name=Payments&before=1").await.contains("There is nothing older"));
}

#[tokio::test]
async fn a_version_that_is_no_number_is_told() {
    let console = console().await;
    for query in ["name=Payments&before=x", "name=Payments&before=-1", "before=3", ""] {
        let answer = console.get(&format!("/history?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(answer.body.contains("That cannot be read"), "{}", answer.body);
    }
}

#[tokio::test]
async fn revisions_that_follow_on_each_other_are_an_intact_chain() {
    let page = three_revisions().await.page("/history?name=Payments").await;
    assert!(between(&page, "<footer>", "</footer>").contains("intact"), "{page}");
}

#[tokio::test]
async fn a_revision_that_was_altered_is_told_and_hides_no_other() {
    let console = console_on(Altered(Memory::new()), [payments()]).await;
    for choice in ["acme", "aperture", "premium"] {
        console.publish("Payments", canada(choice), "ada", "").await;
    }
    let page = console.page("/history?name=Payments").await;
    assert_eq!(versions(&page), [3, 2, 1]);
    let second = revision(&page, 2);
    assert!(second.contains("This revision is damaged") && !second.contains("Roll back"), "{second}");
    assert!(revision(&page, 3).contains("what this one changed cannot be said"), "{page}");
    let chain = between(&page, "<footer>", "</footer>");
    assert!(chain.contains("broken") && chain.contains("The hash of 2 "), "{chain}");
}

/// A store in which somebody alters version 2 once it is history.
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
