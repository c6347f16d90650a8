//! Unleash's engine for its clients, `unleash-yggdrasil`: of the Rust engines that decide by name, the fastest one.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use unleash_yggdrasil::{ClientFeatures, Context, EngineState};

use crate::measure::{Engine, Repeat, repeat};
use crate::users::{COUNTRY, USERS, User, listed_ids, random_flags, users};
use crate::workload::{FLAGS, Workload, flag_name};

/// Returns the engine with all workloads.
pub fn engine() -> Engine {
    let canada = json!({ "contextName": "country", "operator": "IN", "values": [COUNTRY] });
    let ids: Vec<String> = listed_ids().iter().map(u64::to_string).collect();
    let listed = json!({ "contextName": "userId", "operator": "IN", "values": ids });
    let plain = json!({ "name": "default" });
    let (without, others) = (Context { user_id: None, ..built(&users(false)[0]) }, users(false));
    let enabled = state(&[("flag".to_owned(), json!([plain]))]);
    let equality = state(&[("flag".to_owned(), json!([{ "name": "default", "constraints": [canada] }]))]);
    let at_hand = |strategies: Json, listed: bool| {
        let state = state(&[("flag".to_owned(), strategies)]);
        let contexts: Vec<Context> = users(listed).iter().map(built).collect();
        repeat(move |index| state.is_enabled("flag", &contexts[index % USERS], &None))
    };
    Engine {
        name: "Unleash Yggdrasil",
        workloads: vec![
            (Workload::Enabled, repeat(move |_| enabled.is_enabled("flag", &without, &None))),
            (
                Workload::Equality,
                repeat(move |index| equality.is_enabled("flag", &built(&others[index % USERS]), &None)),
            ),
            (Workload::Rollout, at_hand(json!([rollout(COUNTRY)]), false)),
            (Workload::Listed, at_hand(json!([{ "name": "default", "constraints": [listed] }]), true)),
            (Workload::NotListed, at_hand(json!([{ "name": "default", "constraints": [listed] }]), false)),
            (Workload::OneOfMany, one_of_many(json!([plain]))),
            (Workload::OneOfManyWithRules, one_of_many(three_rules())),
        ],
    }
}

/// Returns an engine with many flags of three rules.
pub fn many_with_rules() -> EngineState {
    state(&(0..FLAGS).map(|index| (flag_name(index), three_rules())).collect::<Vec<_>>())
}

fn one_of_many(strategies: Json) -> Repeat {
    let state = state(&(0..FLAGS).map(|index| (flag_name(index), strategies.clone())).collect::<Vec<_>>());
    let names: Vec<String> = (0..FLAGS).map(flag_name).collect();
    let (contexts, order): (Vec<Context>, _) = (users(false).iter().map(built).collect(), random_flags());
    repeat(move |index| {
        let name = &names[usize::from(order[index % order.len()])];
        state.is_enabled(name, &contexts[index % USERS], &None)
    })
}

fn three_rules() -> Json {
    let country = |values: &[&str]| json!({ "contextName": "country", "operator": "IN", "values": values });
    json!([
        { "name": "default", "constraints": [country(&[COUNTRY])] },
        { "name": "default", "constraints": [country(&["AT", "CH", "LI"])] },
        rollout("US"),
    ])
}

fn rollout(country: &str) -> Json {
    json!({
        "name": "flexibleRollout",
        "constraints": [{ "contextName": "country", "operator": "IN", "values": [country] }],
        "parameters": { "rollout": "5", "stickiness": "userId", "groupId": "canary" },
    })
}

/// Compiles enabled flags with these strategies.
fn state(flags: &[(String, Json)]) -> EngineState {
    let features: Vec<Json> = flags
        .iter()
        .map(|(name, strategies)| json!({ "name": name, "type": "release", "enabled": true, "strategies": strategies }))
        .collect();
    let features: ClientFeatures =
        serde_json::from_value(json!({ "version": 2, "features": features })).expect("valid");
    let state = EngineState::default();
    let warnings = state.apply_client_features(features);
    assert!(warnings.is_none_or(|warnings| warnings.is_empty()), "the strategies are valid");
    state
}

/// Builds the context of a user.
fn built(user: &User) -> Context {
    let properties = [("country", &user.country), ("plan", &user.plan), ("email", &user.email)];
    let properties: HashMap<String, String> =
        properties.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
    Context {
        user_id: Some(user.id.to_string()),
        session_id: None,
        environment: None,
        app_name: None,
        current_time: None,
        remote_address: None,
        properties: Some(properties),
    }
}
