//! Flags: from their creation to their end, and on the pages of features.

use axum::http::StatusCode;
use feats::flags::{Bucketer, Condition, Event};
use feats_console::{Actor, Console, Role};
use serde_json::json;

use crate::features::found;
use crate::fixture::{TestConsole, between, console};

async fn with_flags() -> TestConsole {
    let console = console().await;
    let flags = console.app.flags().author("ada");
    let themes = [("light", json!("#fff")), ("dark", json!("#000"))];
    flags.create_variants("THEME", themes).enabled().await.expect("a flag");
    let search = flags.create("SEARCH").condition(Condition::new().check("age__gte", 18));
    search.bucketer(Bucketer::consistent(["user_id"]).percentage(50.0)).await.expect("a flag");
    console
}

#[tokio::test]
async fn the_kill_switch_offers_the_variants_of_a_flag() {
    let console = with_flags().await;
    let page = console.page("/feature?name=THEME").await;
    let select = between(&page, "<select id=\"pin-choice\"", "</select>");
    for variant in ["disabled", "light", "dark"] {
        assert!(select.contains(&format!("value=\"{variant}\"")), "{select}");
    }
    assert!(!select.contains("\"enabled\""), "{select}");
}

#[tokio::test]
async fn the_page_of_a_flag_lists_the_attributes_in_use_and_says_that_it_is_disabled() {
    let console = with_flags().await;
    let page = console.page("/feature?name=SEARCH").await;
    let attributes = between(&page, "Attributes in use", "</ul>");
    assert!(
        attributes.contains("age") && attributes.contains("integer") && attributes.contains("user_id"),
        "{attributes}"
    );
    assert!(page.contains("Everyone gets disabled."));
    console.app.flags().get("SEARCH").enable().await.expect("enabled");
    assert!(!console.page("/feature?name=SEARCH").await.contains("Everyone gets disabled."));
}

#[tokio::test]
async fn explain_has_a_field_for_each_attribute_in_use() {
    let console = with_flags().await;
    assert!(console.page("/explain?name=SEARCH&s.age=17").await.contains("The flag is disabled."));
    console.app.flags().get("SEARCH").enable().await.expect("enabled");
    let page = console.page("/explain?name=SEARCH&s.age=17").await;
    assert!(page.contains("name=\"s.age\"") && page.contains("name=\"s.user_id\""));
    assert!(between(&page, "<p class=\"gets\">", "</p>").ends_with("disabled"));
    let page = console.page("/explain?name=SEARCH&s.age=18").await;
    assert!(between(&page, "<p class=\"gets\">", "</p>").ends_with("enabled"));
}

#[tokio::test]
async fn an_editor_suggests_the_attributes_in_use_and_accepts_others() {
    let console = with_flags().await;
    let page = console.page("/feature?name=SEARCH").await;
    let names = between(&page, "<datalist id=\"attribute-names\">", "</datalist>");
    assert!(names.contains("\"age\"") && names.contains("\"user_id\""), "{names}");
    assert!(page.contains("<input id=\"o-attribute\""), "{page}");
}

#[tokio::test]
async fn a_flag_is_created_from_the_list_and_opens() {
    let console = console().await;
    let list = console.page("/features").await;
    assert!(list.contains("href=\"new-flag\"") && !list.contains("id=\"origins\""), "{list}");
    let form = console.page("/new-flag").await;
    assert!(form.contains("name=\"what\" value=\"create\"") && form.contains("action=\"publish\""), "{form}");
    let fields = [("what", "create"), ("name", " NEW_CHECKOUT "), ("comment", "the new checkout")];
    let answer = console.post("/publish", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.headers["location"], "feature?name=NEW_CHECKOUT&published=1");
    let meta = console.app.flags().get("NEW_CHECKOUT").meta();
    assert_eq!((meta.created_by(), meta.is_enabled(), meta.version()), ("ada", false, 1));
    let page = console.page("/feature?name=NEW_CHECKOUT&published=1").await;
    assert!(page.contains("Published as version 1.") && page.contains(">Enable…<"), "{page}");
    let fields = [("what", "create"), ("name", "AT_ONCE"), ("enabled", "yes")];
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
    assert!(console.app.flags().is_enabled("AT_ONCE", &feats::attributes! {}));
}

#[tokio::test]
async fn a_name_that_is_taken_or_invalid_is_an_error_at_its_field() {
    let console = with_flags().await;
    console.app.flags().get("THEME").archive().await.expect("archived");
    let long = "x".repeat(201);
    for (name, status, expected) in [
        ("SEARCH", StatusCode::CONFLICT, "There is already a flag named"),
        ("THEME", StatusCode::CONFLICT, "is in the archive. Restore it, or destroy it first."),
        ("Payments", StatusCode::CONFLICT, "is a feature that code declares"),
        ("", StatusCode::UNPROCESSABLE_ENTITY, "Not a name: "),
        ("a\u{202e}b", StatusCode::UNPROCESSABLE_ENTITY, "Not a name: "),
        (&long, StatusCode::UNPROCESSABLE_ENTITY, "Not a name: "),
    ] {
        let answer = console.post("/publish", &[("what", "create"), ("name", name), ("comment", "mine")]).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.body);
        let error = between(&answer.body, "id=\"wrong-name\"", "</p>");
        assert!(error.contains(expected), "{name}: {error}");
        assert!(answer.body.contains("aria-invalid=\"true\"") && answer.body.contains("value=\"mine\""), "{name}");
    }
    assert_eq!(console.app.flags().list().names(), ["SEARCH"]);
    // A hidden feature and a name that is free are answered alike.
    for name in ["SecretProject", "SecretPlan"] {
        let answer = console.post("/publish", &[("what", "create"), ("name", name)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
    }
}

#[tokio::test]
async fn a_console_that_requires_a_reason_requires_one_for_a_new_flag() {
    let console = console().await;
    let settings = Console::new().actor_from(|_| Some(Actor::new("ada").role(Role::Edit))).require_comment();
    let console = TestConsole::with(console.app.clone(), settings);
    let answer = console.post("/publish", &[("what", "create"), ("name", "BETA"), ("comment", " ")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(between(&answer.body, "id=\"wrong-comment\"", "</p>").contains("Enter a reason."), "{}", answer.body);
    assert!(!console.app.flags().exists("BETA"));
}

#[tokio::test]
async fn a_flag_is_enabled_disabled_archived_restored_and_destroyed() {
    let console = with_flags().await;
    let flag = console.app.flags().get("SEARCH");
    let mut version = 1;
    for (what, label, enabled, archived) in [
        ("enable", "Enable SEARCH", true, false),
        ("disable", "Disable SEARCH", false, false),
        ("enable", "Enable SEARCH", true, false),
        ("archive", "Archive SEARCH", true, true),
        ("restore", "Restore SEARCH", true, false),
    ] {
        let base = version.to_string();
        let fields = [("name", "SEARCH"), ("what", what), ("base", base.as_str()), ("comment", "by hand")];
        let asked = console.post("/preview", &fields).await;
        assert_eq!(asked.status, StatusCode::OK, "{what}: {}", asked.body);
        assert!(asked.body.contains(&format!("<h1>{label}?</h1>")), "{what}: {}", asked.body);
        let answer = console.post("/publish", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{what}: {}", answer.body);
        version += 1;
        let meta = flag.meta();
        assert_eq!((meta.is_enabled(), meta.is_archived(), meta.version()), (enabled, archived, version), "{what}");
        assert_eq!(meta.changed_by(), "ada", "{what}");
    }
    let fields = [("name", "SEARCH"), ("what", "destroy"), ("base", "6")];
    let asked = console.post("/preview", &fields).await.body;
    assert!(asked.contains("Destroy SEARCH?") && asked.contains("Its history is kept"), "{asked}");
    let answer = console.post("/publish", &fields).await;
    assert_eq!(answer.headers["location"], "history?name=SEARCH");
    assert!(!flag.exists());
    let answer = console.get("/feature?name=SEARCH").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.headers["location"], "history?name=SEARCH");
}

#[tokio::test]
async fn the_history_of_a_destroyed_flag_brings_it_back() {
    let console = with_flags().await;
    console.app.flags().author("ada").get("SEARCH").destroy().await.expect("destroyed");
    let page = console.page("/history?name=SEARCH").await;
    assert!(page.contains("This flag was destroyed.") && !page.contains("feature?name=SEARCH"), "{page}");
    assert!(page.contains("Roll back to this…") && page.contains(">destroyed<"), "{page}");
    console.page("/compare?name=SEARCH&from=1&to=2").await;
    assert!(console.page("/audit?feature=SEARCH").await.contains("feature?name=SEARCH"), "the audit finds it by name");
    assert!(!console.page("/audit").await.contains("SEARCH"));
    let fields = [("name", "SEARCH"), ("what", "rollback"), ("version", "1"), ("base", "2")];
    let asked = console.post("/preview", &fields).await;
    assert!(asked.status == StatusCode::OK && !asked.body.contains("feature?name=SEARCH"), "{}", asked.body);
    assert_eq!(console.post("/publish", &fields).await.headers["location"], "feature?name=SEARCH&published=3");
    assert!(console.app.flags().exists("SEARCH"));
    for name in ["NEVER", "SecretProject"] {
        assert_eq!(console.get(&format!("/history?name={name}")).await.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn an_enabling_on_an_older_version_is_asked_again() {
    let console = with_flags().await;
    console.app.flags().author("grace").get("SEARCH").set_percentage(20.0).comment("slower").await.expect("changed");
    let fields = [("name", "SEARCH"), ("what", "enable"), ("base", "1")];
    let answer = console.post("/publish", &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body.contains("You saw version 1.") && answer.body.contains("slower"), "{}", answer.body);
    assert!(answer.body.contains("name=\"base\" value=\"2\""), "{}", answer.body);
    assert_eq!(console.version("SEARCH"), 2);
}

#[tokio::test]
async fn an_archived_flag_offers_to_restore_and_to_destroy_it() {
    let console = with_flags().await;
    console.app.flags().get("THEME").archive().await.expect("archived");
    let page = console.page("/feature?name=THEME").await;
    assert!(page.contains(">Restore…<") && page.contains(">Destroy…<"), "{page}");
    for other in [">Archive…<", ">Disable…<", "id=\"pin-choice\"", "Add a rule", "name=\"data\""] {
        assert!(!page.contains(other), "{other}: {page}");
    }
    let pin = [("name", "THEME"), ("what", "client-data"), ("data", "{}"), ("base", "2")];
    let answer = console.post("/publish", &pin).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("this flag is archived; restore it first"), "{}", answer.body);
}

#[tokio::test]
async fn client_data_is_replaced_as_a_whole() {
    let console = with_flags().await;
    let flag = console.app.flags().get("SEARCH");
    flag.set_client_data(json!({ "ttl": 60, "team": "cart" })).await.expect("changed");
    let page = console.page("/feature?name=SEARCH").await;
    assert!(between(&page, "<textarea id=\"client-data\"", "</textarea>").contains("&quot;ttl&quot;: 60"), "{page}");
    let publish = |data: &'static str| {
        let console = console.clone();
        async move {
            let fields = [("name", "SEARCH"), ("what", "client-data"), ("base", "2"), ("data", data)];
            console.post("/publish", &fields).await
        }
    };
    for (data, expected) in [
        ("{\n\"ttl\": 60,\n}", "flag.client_data: not JSON: trailing comma at line 3 column 1"),
        ("[]", "flag.client_data: client data must be a JSON object"),
    ] {
        let answer = publish(data).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{data}: {}", answer.body);
        assert!(answer.body.contains(expected), "{data}: {}", answer.body);
        assert!(between(&answer.body, "<textarea", "</textarea>").ends_with(&data.replace('"', "&quot;")), "{data}");
    }
    let large: &'static str = format!(r#"{{"text": "{}"}}"#, "x".repeat(64 << 10)).leak();
    let answer = publish(large).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("<li>flag.client_data: "), "the limit is named");
    assert_eq!(console.version("SEARCH"), 2);
    assert_eq!(publish(r#"{"ttl": 30}"#).await.status, StatusCode::SEE_OTHER);
    assert_eq!(flag.client_data(), json!({ "ttl": 30 }));
}

#[tokio::test]
async fn a_conflict_of_client_data_shows_both_sides_and_keeps_both() {
    let console = with_flags().await;
    let flag = console.app.flags().author("grace").get("SEARCH");
    flag.set_client_data(json!({ "ttl": 60, "team": "cart" })).await.expect("changed");
    flag.set_client_data(json!({ "ttl": 90, "owner": "grace" })).await.expect("changed");
    let data = r#"{"ttl": 30, "region": "eu"}"#;
    let fields = [("name", "SEARCH"), ("what", "client-data"), ("base", "2"), ("data", data)];
    let answer = console.post("/publish", &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let conflict = between(&answer.body, "id=\"conflict\"", "</section>");
    for part in ["Their changes", "Your changes", "now based on version 3", "Both of you changed <b>ttl</b>"] {
        assert!(conflict.contains(part), "{part}: {conflict}");
    }
    assert_eq!(console.version("SEARCH"), 3);
    // What is not JSON keeps its base, so that it can still be merged.
    let broken = [("name", "SEARCH"), ("what", "client-data"), ("base", "2"), ("data", "{")];
    let body = console.post("/preview", &broken).await.body;
    assert!(body.contains("name=\"base\" value=\"2\"") && body.contains("not JSON"), "{body}");
    let merged = between(&answer.body, "<textarea", "</textarea>").split_once('>').expect("text").1;
    let merged = merged.replace("&quot;", "\"");
    let fields = [("name", "SEARCH"), ("what", "client-data"), ("base", "3"), ("data", merged.as_str())];
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(flag.client_data(), json!({ "ttl": 30, "owner": "grace", "region": "eu" }));
}

#[tokio::test]
async fn a_listener_that_refuses_a_change_is_quoted() {
    let console = with_flags().await;
    console.app.flags().before(Event::Destroy, |_| Err("flags are permanent here".into()));
    let fields = [("name", "SEARCH"), ("what", "destroy"), ("base", "1")];
    let answer = console.post("/publish", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("flags are permanent here"), "{}", answer.body);
    assert!(console.app.flags().exists("SEARCH"));
}

#[tokio::test]
async fn a_user_who_can_only_view_sees_no_buttons() {
    let console = with_flags().await;
    console.app.flags().get("SEARCH").set_client_data(json!({ "ttl": 60 })).await.expect("changed");
    let settings = Console::new().actor_from(|_| Some(Actor::new("vic")));
    let viewer = TestConsole::with(console.app.clone(), settings);
    let page = viewer.page("/feature?name=SEARCH").await;
    for what in ["Enable…", "Archive…", "Destroy…", "<textarea", "value=\"client-data\"", "id=\"pin-choice\""] {
        assert!(!page.contains(what), "{what}: {page}");
    }
    assert!(page.contains("Created") && page.contains("&quot;ttl&quot;: 60"), "{page}");
    assert!(!viewer.page("/features").await.contains("New flag"));
    assert_eq!(viewer.get("/new-flag").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_variant_has_its_own_style_in_the_list() {
    let console = with_flags().await;
    let page = console.page("/features?q=theme").await;
    let live = between(&page, "<p class=\"sentence\">", "</td>");
    assert!(live.contains("light") && live.contains("class=\"c2\"") && !live.contains("class=\"c0\""), "{live}");
}

#[tokio::test]
async fn the_list_is_filtered_by_origin() {
    let console = with_flags().await;
    let flags = console.app.flags();
    flags.create("OLD_SEARCH").await.expect("a flag").archive().await.expect("archived");
    let page = console.page("/features").await;
    assert!(page.contains("1 feature and 2 flags in"), "{page}");
    let origins = between(&page, "id=\"origins\"", "</nav>");
    for (address, label) in
        [("features?", "All"), ("features?origin=code", "In code"), ("features?origin=flag", "Flags")]
    {
        assert!(origins.contains(&format!("href=\"{address}\"")) && origins.contains(label), "{label}: {origins}");
    }
    assert_eq!(found(&console, "").await, ["Payments", "SEARCH", "THEME"]);
    assert_eq!(found(&console, "origin=code").await, ["Payments"]);
    assert_eq!(found(&console, "origin=flag").await, ["SEARCH", "THEME"]);
    assert_eq!(found(&console, "origin=archived").await, ["OLD_SEARCH"]);
    assert_eq!(found(&console, "origin=flag&state=disabled").await, ["SEARCH"]);
    let page = console.page("/features?q=old_search").await;
    assert!(page.contains("href=\"features?q=old_search&amp;origin=archived\">1 in the archive"), "{page}");
    let page = console.page("/features?origin=flag&q=search").await;
    assert!(page.contains("1 of 2 flags") && page.contains("name=\"origin\" value=\"flag\""), "{page}");
    assert_eq!(console.get("/features?origin=moon").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_draft_cannot_forge_the_creation_of_a_flag() {
    let console = with_flags().await;
    let flag = console.app.flags().get("SEARCH");
    let created_at = flag.meta().created_at();
    let mut state = console.app.feature_named("SEARCH").expect("a flag").state().to_json();
    state["flag"] = json!({ "enabled": true, "created_at": "2020-01-01T00:00:00Z", "created_by": "eve" });
    let answer = console.publish_draft("SEARCH", 1, &state.to_string()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let meta = flag.meta();
    assert_eq!((meta.created_by(), meta.created_at(), meta.is_enabled()), ("ada", created_at, true));
}
