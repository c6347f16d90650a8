//! Tests of stored states that this version cannot use: the flag is quarantined, alone.

use feats::attributes;
use feats::flags::Bucketer;
use feats::store::Memory;
use serde_json::{Value as Json, json};

use super::fixture::{app_on, append, versions};

/// The `flag` section of an enabled flag.
fn section() -> Json {
    json!({ "enabled": true, "created_at": "2026-12-01T09:00:00Z", "created_by": "ada" })
}

/// States that this version cannot use, with the path of the problem.
fn unusable() -> Vec<(Json, &'static str)> {
    let rule = |select: Json| json!([{ "name": "conditions", "select": select }]);
    let gate = |gate: Json| json!({ "flag": section(), "rules": rule(json!({ "gate": gate })) });
    let otherwise = |select: Json| json!({ "flag": section(), "otherwise": select });
    vec![
        (otherwise(json!({ "lottery": { "share": 50 } })), "otherwise.lottery"),
        (otherwise(json!({ "static": "on" })), "otherwise.static"),
        (otherwise(json!({ "rollout": { "by": 7, "weights": { "enabled": 100 } } })), "otherwise.rollout.by"),
        (
            otherwise(json!({ "rollout": { "by": ["user"], "weights": { "enabled": 60 }, "seed": "s" } })),
            "otherwise.rollout.weights",
        ),
        (json!({ "flag": section(), "rules": rule(json!({ "lottery": 1 })) }), "rules[0].select.lottery"),
        (
            gate(json!({ "conditions": [{ "segment": "x", "bogus": 1 }], "fail": "disabled" })),
            "rules[0].select.gate.conditions[0].bogus",
        ),
        (gate(json!({ "conditions": 5, "fail": "disabled" })), "rules[0].select.gate.conditions"),
        (gate(json!({ "conditions": [], "missing": "perhaps", "fail": "disabled" })), "rules[0].select.gate.missing"),
        (gate(json!({ "conditions": [] })), "rules[0].select.gate.fail"),
        (gate(json!({ "conditions": [], "pass": "on", "fail": "off" })), "rules[0].select.gate.pass"),
        (
            json!({ "flag": { "enabled": "yes", "created_at": "2026-12-01T09:00:00Z", "created_by": "ada" } }),
            "flag.enabled",
        ),
        (json!({ "flag": { "enabled": true, "created_at": "yesterday", "created_by": "ada" } }), "flag.created_at"),
        (
            json!({ "flag": { "enabled": true, "created_at": "2026-12-01T09:00:00Z", "created_by": "ada", "client_data": [1] } }),
            "flag.client_data",
        ),
        (json!({ "flag": true }), "flag"),
        (json!({ "flag": section(), "pinned": "on" }), "pinned"),
    ]
}

#[tokio::test]
async fn an_unusable_state_quarantines_its_flag_alone() {
    let store = Memory::new();
    let app = app_on(store.clone()).await;
    let flags = app.flags().author("ada");
    let other = flags.create("OTHER").enabled().await.expect("created");
    for (at, (state, path)) in unusable().into_iter().enumerate() {
        let name = format!("flag {at}");
        let flag = flags.create(&name).enabled().await.expect("created");
        append(&store, &name, &state).await;
        app.refresh().await.expect("refreshed");
        let quarantined = app.status().quarantined;
        assert_eq!(quarantined.len(), 1, "{state}");
        assert_eq!((&*quarantined[0].feature, quarantined[0].serving), (&*name, Some(1)), "{state}");
        assert_eq!(quarantined[0].problems[0].path(), path, "{state}: {:?}", quarantined[0].problems);
        assert!(flag.is_enabled(&attributes! {}), "the last valid version decides: {state}");
        assert!(other.is_enabled(&attributes! {}) && flag.exists() && flags.exists(&name), "{state}");

        // A program that starts now agrees, as far as it can.
        let late = app_on(store.clone()).await;
        assert!(late.flags().is_enabled(&name, &attributes! {}) && late.flags().exists(&name), "{state}");
        assert!(late.flags().is_enabled("OTHER", &attributes! {}), "{state}");

        // It can be pinned and rolled back; a write that builds on it is refused in words.
        let error = flag.set_bucketer(Bucketer::random().percentage(0.0)).await.expect_err("quarantined");
        assert!(error.to_string().contains("quarantined"), "{state}: {error}");
        flag.pin("disabled").await.expect("pinned");
        assert!(!flag.is_enabled(&attributes! {}), "{state}");
        flag.unpin().await.expect("unpinned");
        flag.rollback_to(1).await.expect("rolled back");
        assert!(app.status().quarantined.is_empty() && flag.is_enabled(&attributes! {}), "{state}");
        assert_eq!(versions(&flag).await, 5);
    }
}

/// The kill switches work on a state that this version cannot read.
#[tokio::test]
async fn a_quarantined_flag_can_be_destroyed() {
    let store = Memory::new();
    let app = app_on(store.clone()).await;
    let flags = app.flags().author("ada");
    for (at, (state, _)) in unusable().into_iter().enumerate() {
        let name = format!("flag {at}");
        let flag = flags.create(&name).enabled().await.expect("created");
        append(&store, &name, &state).await;
        app.refresh().await.expect("refreshed");
        flag.destroy().await.expect("destroyed");
        assert!(!flag.exists() && !flag.is_enabled(&attributes! {}), "{state}");
        assert!(app.status().quarantined.is_empty());
    }
}

/// Without a last valid version, a flag that cannot be used is disabled.
#[tokio::test]
async fn a_flag_without_a_usable_version_is_disabled() {
    let store = Memory::new();
    for (at, (state, _)) in unusable().into_iter().enumerate() {
        append(&store, &format!("flag {at}"), &state).await;
    }
    append(&store, "GOOD", &json!({ "flag": section(), "otherwise": { "static": "enabled" } })).await;
    let app = app_on(store).await;
    let flags = app.flags();
    for at in 0..unusable().len() {
        let name = format!("flag {at}");
        assert!(!flags.is_enabled(&name, &attributes! {}), "{name}");
    }
    assert!(flags.is_enabled("GOOD", &attributes! {}));
    assert_eq!(app.status().quarantined.len(), unusable().len());
}

/// A later version of feats may write more. What is not understood is kept, but not in a part where ignoring it could widen the
/// audience.
#[tokio::test]
async fn unknown_fields_of_the_state_are_kept_and_those_of_the_flag_are_not_ignored() {
    let store = Memory::new();
    let app = app_on(store.clone()).await;
    let flags = app.flags().author("ada");
    let flag = flags.create("NEWER").await.expect("created");
    append(&store, "NEWER", &json!({ "flag": section(), "audience": { "a": 1 } })).await;
    app.refresh().await.expect("refreshed");
    flag.pin("enabled").await.expect("pinned");
    flag.unpin().await.expect("unpinned");
    flag.set_client_data(json!({ "ttl": 1 })).await.expect("written");
    let state = flag.history().await.expect("read")[0].state().to_json();
    assert_eq!((&state["flag"]["client_data"], &state["audience"]), (&json!({ "ttl": 1 }), &json!({ "a": 1 })));

    let mut newer = section();
    newer["expires_at"] = json!("2026-12-02T09:00:00Z");
    append(&store, "NEWER", &json!({ "flag": newer, "otherwise": { "static": "enabled" } })).await;
    app.refresh().await.expect("refreshed");
    assert_eq!(app.status().quarantined[0].problems[0].path(), "flag.expires_at");
    flag.pin("enabled").await.expect("pinned");
    let state = flag.history().await.expect("read")[0].state_json().clone();
    assert_eq!(state["flag"]["expires_at"], "2026-12-02T09:00:00Z", "a pin keeps the rest verbatim");
}
