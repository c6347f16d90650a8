//! Forms with forged seeds, slots and reassigned ranges.

use axum::http::StatusCode;
use feats::attributes;
use serde_json::{Value as Json, json};

use crate::fixture::{Answer, TestConsole, console};

const UNITS: i64 = 40;

fn rollout(by: Json) -> Json {
    let mut rollout = json!({ "by": "UserId", "weights": { "acme": 50, "premium": 50 } });
    rollout.as_object_mut().expect("an object").extend(by.as_object().cloned().expect("an object"));
    json!({ "rollout": rollout })
}

fn canada(name: &str, select: Json) -> Json {
    json!({ "name": name, "when": { "segment": "Country", "in": ["CA"] }, "select": select })
}

/// The implementations of a sample of units.
fn assignments(console: &TestConsole) -> Vec<String> {
    let feature = console.app.feature_named("Payments").expect("declared");
    let of = |unit| feature.trace(&attributes! { "Country" => "CA", "UserId" => unit }).choice;
    (0..UNITS).map(of).collect()
}

fn state(console: &TestConsole) -> Json {
    console.state("Payments").to_json()
}

/// Publishes a draft that Eve has manipulated in the form.
async fn forge(console: &TestConsole, change: impl FnOnce(&mut Json)) -> Answer {
    let mut draft = state(console);
    change(&mut draft);
    let version = console.version("Payments");
    console.as_user("eve").publish_draft("Payments", version, &draft.to_string()).await
}

async fn console_of(state: Json) -> TestConsole {
    let console = console().await;
    console.publish("Payments", state, "grace", "").await;
    console
}

#[tokio::test]
async fn forged_slots_are_replaced_by_those_of_the_base() {
    let console = console_of(json!({ "otherwise": rollout(json!({})) })).await;
    let (before, slots) = (assignments(&console), state(&console)["otherwise"]["rollout"]["slots"].clone());
    let [first, second] = [&slots[0], &slots[1]];
    let forgeries = [
        json!([second, first]),
        json!([["premium", 500_000, 1], ["acme", 500_000, 1]]),
        json!([["acme", 250_000, 1], ["premium", 500_000, 1], ["acme", 250_000, 1]]),
        json!([["acme", 500_000, 9], ["premium", 500_000, 1]]),
        json!([["acme", 500_000, u64::MAX], ["premium", 500_000, 1]]),
        json!([]),
    ];
    for forged in forgeries {
        let answer = forge(&console, |draft| draft["otherwise"]["rollout"]["slots"] = forged.clone()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{forged}: {}", answer.body);
        assert_eq!(assignments(&console), before, "{forged}");
        assert_eq!(state(&console)["otherwise"]["rollout"]["slots"], slots, "{forged}");
    }
    // A rollout without a seed is the same rollout and keeps its slots.
    let answer = forge(&console, |draft| draft["otherwise"] = rollout(json!({ "slots": [second, first] }))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(assignments(&console), before);
}

#[tokio::test]
async fn changed_shares_move_as_few_units_as_possible_whatever_the_slots() {
    let console = console_of(json!({ "otherwise": rollout(json!({})) })).await;
    let before = assignments(&console);
    let answer = forge(&console, |draft| {
        draft["otherwise"]["rollout"]["weights"] = json!({ "acme": 60, "premium": 40 });
        draft["otherwise"]["rollout"]["slots"] = json!([["premium", 400_000, 1], ["acme", 600_000, 1]]);
    });
    assert_eq!(answer.await.status, StatusCode::SEE_OTHER);
    let moved = before.iter().zip(assignments(&console)).filter(|(before, after)| *before != after);
    assert!(moved.clone().all(|(before, _)| before == "premium") && moved.count() <= 12);
}

#[tokio::test]
async fn renaming_a_rule_with_a_new_seed_needs_a_confirmation() {
    let console = console_of(json!({ "rules": [canada("Canada", rollout(json!({})))] })).await;
    let before = assignments(&console);
    let forgeries: [fn(&mut Json); 6] = [
        |draft| draft["rules"] = json!([canada("Kanada", rollout(json!({ "seed": "made up" })))]),
        |draft| draft["rules"] = json!([canada("Kanada", rollout(json!({})))]),
        |draft| draft["rules"] = json!([canada("Canada", rollout(json!({ "seed": "made up" })))]),
        // The same audience with an equivalent condition, and with a rule in front.
        |draft| {
            let mut rule = canada("Kanada", rollout(json!({})));
            rule["when"] = json!({ "all": [{ "not": { "not": { "segment": "Country", "eq": "CA" } } }] });
            draft["rules"] = json!([rule]);
        },
        |draft| draft["rules"].as_array_mut().expect("rules").insert(0, canada("First", rollout(json!({})))),
        |draft| {
            let experiment = json!({ "experiment": { "by": "UserId", "weights": { "acme": 50, "premium": 50 } } });
            draft["rules"] = json!([canada("Kanada", experiment)]);
        },
    ];
    for forge_it in forgeries {
        let answer = forge(&console, forge_it).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
        assert_eq!((console.version("Payments"), assignments(&console)), (1, before.clone()));
    }
    // Renaming it in the form keeps its seed.
    let answer = forge(&console, |draft| draft["rules"][0]["name"] = json!("Kanada")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(assignments(&console), before);
}

#[tokio::test]
async fn swapping_allocations_needs_a_confirmation() {
    let france =
        json!({ "name": "France", "when": { "segment": "Country", "in": ["FR"] }, "select": rollout(json!({})) });
    let console =
        console_of(json!({ "rules": [canada("Canada", rollout(json!({}))), france], "otherwise": rollout(json!({})) }))
            .await;
    let before = assignments(&console);
    let swaps: [fn(&mut Json); 4] = [
        |draft| {
            let [one, other] = [draft["rules"][0]["select"].clone(), draft["rules"][1]["select"].clone()];
            (draft["rules"][0]["select"], draft["rules"][1]["select"]) = (other, one);
        },
        |draft| {
            let [one, other] = [draft["rules"][0]["when"].clone(), draft["rules"][1]["when"].clone()];
            (draft["rules"][0]["when"], draft["rules"][1]["when"]) = (other, one);
        },
        |draft| draft["rules"][0]["select"] = draft["otherwise"].clone(),
        |draft| draft["otherwise"]["rollout"]["seed"] = draft["rules"][0]["select"]["rollout"]["seed"].clone(),
    ];
    for swap in swaps {
        let answer = forge(&console, swap).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
        assert_eq!((console.version("Payments"), assignments(&console)), (1, before.clone()));
    }
}

#[tokio::test]
async fn a_form_cannot_change_the_reassigned_ranges_of_an_experiment() {
    let experiment =
        |acme: u32| json!({ "experiment": { "by": "UserId", "weights": { "acme": acme, "premium": 100 - acme } } });
    let console = console_of(json!({ "otherwise": experiment(50) })).await;
    let seed = state(&console)["otherwise"]["experiment"]["seed"].clone();
    let mut next = experiment(70);
    next["experiment"]["seed"] = seed.clone();
    console.publish("Payments", json!({ "otherwise": next }), "grace", "").await;
    let reassigned = state(&console)["otherwise"]["experiment"]["reassigned"].clone();
    assert_ne!(reassigned, Json::Null);
    for forged in [json!([]), json!([["slot", 0, 1_000_000]]), json!([["entry", 0, 10]])] {
        let answer = forge(&console, |draft| draft["otherwise"]["experiment"]["reassigned"] = forged.clone()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert_eq!(state(&console)["otherwise"]["experiment"]["reassigned"], reassigned, "{forged}");
    }
}

/// A chosen seed could be the seed of another feature's experiment.
#[tokio::test]
async fn a_new_rollout_has_a_generated_seed() {
    let console = console_of(json!({ "otherwise": { "static": "acme" } })).await;
    let answer =
        forge(&console, |draft| draft["rules"] = json!([canada("Canada", rollout(json!({ "seed": "chosen" })))])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let seed = state(&console)["rules"][0]["select"]["rollout"]["seed"].clone();
    assert!(seed.as_str().is_some_and(|seed| seed.len() == 16 && seed != "chosen"), "{seed}");
    // Ramps start at the current assignments, whatever the form says.
    let answer = forge(&console, |draft| {
        draft["rules"][0]["select"]["rollout"]["weights"] = json!({ "acme": 40, "premium": 60 });
        draft["rules"][0]["select"]["rollout"]["ramp"] =
            json!({ "start": "", "duration": "3h", "from": [["premium", 1_000_000, 1]] });
    });
    let before = assignments(&console);
    assert_eq!(answer.await.status, StatusCode::SEE_OTHER);
    assert_eq!(assignments(&console), before);
}

#[tokio::test]
async fn a_user_who_may_confirm_can_reassign_units() {
    let console = console_of(json!({ "rules": [canada("Canada", rollout(json!({})))] })).await;
    let draft = json!({ "rules": [canada("Kanada", rollout(json!({})))] }).to_string();
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "1"), ("draft", &draft), ("allow_reshuffle", "yes")];
    assert_eq!(console.as_user("eve").post("/publish", &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
}
