//! Permissions by role: none without an actor, and never more than the application allows.

use axum::http::StatusCode;
use feats_console::{Action, Actor, Console, Role};
use serde_json::json;

use super::{WRITES, everyone};
use crate::fixture::{TestConsole, console};

/// Every kind of write, with the lowest role that it requires.
fn writes() -> [(Role, Vec<(&'static str, String)>); 7] {
    let edit = |more: &[(&'static str, &str)]| {
        let mut fields = vec![("what", "edit".to_owned()), ("draft", everyone("premium"))];
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        fields
    };
    [
        (Role::Edit, edit(&[])),
        (Role::Edit, vec![("what", "pin".into()), ("choice", "premium".into())]),
        (Role::Edit, vec![("what", "unpin".into())]),
        (Role::Edit, vec![("what", "rollback".into()), ("version", "1".into())]),
        (Role::Admin, vec![("what", "remove".into())]),
        (Role::Admin, edit(&[("allow_reshuffle", "yes")])),
        (Role::Admin, edit(&[("allow_incompatible", "yes")])),
    ]
}

/// A console in which every user has this role, or is anonymous if `None`.
async fn console_of(role: Option<Role>) -> TestConsole {
    let shop = console().await;
    shop.publish("Payments", json!({ "pinned": "acme" }), "grace", "").await;
    let settings = match role {
        Some(role) => Console::new().actor_from(move |_| Some(Actor::new("eve").role(role))),
        None => Console::new(),
    };
    TestConsole::with(shop.app, settings)
}

#[tokio::test]
async fn each_write_requires_its_role() {
    for role in [None, Some(Role::View), Some(Role::Edit), Some(Role::Admin)] {
        for (least, fields) in writes() {
            let console = console_of(role).await;
            let may = role.is_some_and(|role| role >= least);
            let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            fields.extend([("name", "Payments"), ("base", "1")]);
            let preview = console.post("/preview", &fields).await;
            assert_eq!(preview.status, if may { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{role:?} {fields:?}");
            let answer = console.post("/publish", &fields).await;
            assert_eq!(
                answer.status,
                if may { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN },
                "{role:?} {fields:?}"
            );
            let revisions =
                console.app.feature_named("Payments").expect("declared").history().await.expect("a history");
            assert_eq!(revisions.len(), if may { 2 } else { 1 }, "{role:?} {fields:?}");
        }
    }
}

#[tokio::test]
async fn without_an_actor_every_form_is_rejected_and_no_page_has_one() {
    let console = console_of(None).await;
    for path in WRITES {
        let answer =
            console.post(path, &[("name", "Payments"), ("what", "unpin"), ("draft", "{}"), ("base", "1")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    let page = console.page("/feature?name=Payments").await;
    assert!(
        page.contains("read-only") && !page.contains("formaction") && !page.contains("<button class=\"btn"),
        "{page}"
    );
}

#[tokio::test]
async fn an_anonymous_actor_can_only_view_whatever_its_role() {
    let shop = console().await;
    let console =
        TestConsole::with(shop.app, Console::new().actor_from(|_| Some(Actor::anonymous().role(Role::Admin))));
    assert_eq!(console.publish_draft("Payments", 0, &everyone("premium")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(console.version("Payments"), 0);
}

/// A draft that changes the pin requires the permission to pin. A rollback keeps the pin.
#[tokio::test]
async fn drafts_and_rollbacks_cannot_bypass_the_permission_to_pin() {
    let shop = console().await;
    shop.publish("Payments", json!({ "pinned": "aperture" }), "grace", "").await;
    shop.publish("Payments", json!({}), "grace", "").await;
    let settings = Console::new()
        .actor_from(|_| Some(Actor::new("eve").role(Role::Edit)))
        .authorize(|_, action, _| action != Action::Pin);
    let console = TestConsole::with(shop.app, settings);
    let pin = json!({ "pinned": "premium" }).to_string();
    assert_eq!(console.publish_draft("Payments", 2, &pin).await.status, StatusCode::FORBIDDEN);
    assert_eq!(console.publish_draft("Payments", 1, &pin).await.status, StatusCode::CONFLICT);
    assert_eq!(console.version("Payments"), 2);
    assert_eq!(console.publish_draft("Payments", 2, &everyone("premium")).await.status, StatusCode::SEE_OTHER);
    let back = [("name", "Payments"), ("what", "rollback"), ("version", "1"), ("base", "3")];
    assert_eq!(console.post("/publish", &back).await.status, StatusCode::SEE_OTHER);
    assert_eq!(console.state("Payments").pinned, None);
}

/// A new seed reassigns everyone, so a draft cannot contain one without a confirmation.
#[tokio::test]
async fn a_new_seed_in_a_draft_needs_a_confirmation() {
    let shop = console().await;
    let rollout = |seed: &str| json!({ "otherwise": { "rollout": { "by": "UserId", "seed": seed, "weights": { "acme": 50, "premium": 50 } } } });
    shop.publish("Payments", rollout("first"), "grace", "").await;
    let console = shop.as_user("eve");
    let answer = console.publish_draft("Payments", 1, &rollout("second").to_string()).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert_eq!(console.version("Payments"), 1);
}

#[tokio::test]
async fn the_author_is_the_logged_in_user_whatever_the_form_says() {
    let console = console().await.as_user("eve");
    let draft = everyone("premium");
    let fields = [
        ("name", "Payments"),
        ("what", "edit"),
        ("base", "0"),
        ("draft", &draft),
        ("author", "root"),
        ("actor", "root"),
    ];
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
    let revision = console.app.feature_named("Payments").expect("declared").revision().expect("a revision");
    assert_eq!(revision.author(), "eve");
}
