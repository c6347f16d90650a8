//! Forms with seeds, slots and reassigned ranges that their author made up.

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

/// What each of some units gets.
fn given(console: &TestConsole) -> Vec<String> {
    let feature = console.app.feature_named("Payments").expect("declared");
    let of = |unit| feature.trace(&attributes! { "Country" => "CA", "UserId" => unit }).choice;
    (0..UNITS).map(of).collect()
}

fn state(console: &TestConsole) -> Json {
    console.state("Payments").to_json()
}

/// Eve edits a state in the form, where it can be changed by hand.
async fn forge(console: &TestConsole, change: impl FnOnce(&mut Json)) -> Answer {
    let mut draft = state(console);
    change(&mut draft);
    let version = console.version("Payments");
    console.asked_by("eve").publish_draft("Payments", version, &draft.to_string()).await
}

async fn console_of(state: Json) -> TestConsole {
    let console = console().await;
    console.publish("Payments", state, "grace", "").await;
    console
}

#[tokio::test]
async fn slots_that_a_form_changes_are_those_of_the_base() {
    let console = console_of(json!({ "otherwise": rollout(json!({})) })).await;
    let (before, slots) = (given(&console), state(&console)["otherwise"]["rollout"]["slots"].clone());
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
        assert_eq!(given(&console), before, "{forged}");
        assert_eq!(state(&console)["otherwise"]["rollout"]["slots"], slots, "{forged}");
    }
    // Without a seed it is the same rollout, and has the same slots.
    let answer = forge(&console, |draft| draft["otherwise"] = rollout(json!({ "slots": [second, first] }))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(given(&console), before);
}

#[tokio::test]
async fn a_form_with_other_shares_moves_as_few_as_need_be_whatever_its_slots_are() {
    let console = console_of(json!({ "otherwise": rollout(json!({})) })).await;
    let before = given(&console);
    let answer = forge(&console, |draft| {
        draft["otherwise"]["rollout"]["weights"] = json!({ "acme": 60, "premium": 40 });
        draft["otherwise"]["rollout"]["slots"] = json!([["premium", 400_000, 1], ["acme", 600_000, 1]]);
    });
    assert_eq!(answer.await.status, StatusCode::SEE_OTHER);
    let moved = before.iter().zip(given(&console)).filter(|(before, after)| *before != after);
    assert!(moved.clone().all(|(before, _)| before == "premium") && moved.count() <= 12);
}

#[tokio::test]
async fn a_rule_that_is_renamed_with_a_new_seed_reassigns_nobody_without_a_confirmation() {
    let console = console_of(json!({ "rules": [canada("Canada", rollout(json!({})))] })).await;
    let before = given(&console);
    let forgeries: [fn(&mut Json); 6] = [
        |draft| draft["rules"] = json!([canada("Kanada", rollout(json!({ "seed": "made up" })))]),
        |draft| draft["rules"] = json!([canada("Kanada", rollout(json!({})))]),
        |draft| draft["rules"] = json!([canada("Canada", rollout(json!({ "seed": "made up" })))]),
        // The same audience, said in another way, and served in front of the rule.
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
        assert_eq!((console.version("Payments"), given(&console)), (1, before.clone()));
    }
    // Who renames it in the form keeps its seed.
    let answer = forge(&console, |draft| draft["rules"][0]["name"] = json!("Kanada")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(given(&console), before);
}

#[tokio::test]
async fn allocations_that_change_places_reassign_nobody_without_a_confirmation() {
    let france =
        json!({ "name": "France", "when": { "segment": "Country", "in": ["FR"] }, "select": rollout(json!({})) });
    let console =
        console_of(json!({ "rules": [canada("Canada", rollout(json!({}))), france], "otherwise": rollout(json!({})) }))
            .await;
    let before = given(&console);
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
        assert_eq!((console.version("Payments"), given(&console)), (1, before.clone()));
    }
}

#[tokio::test]
async fn what_an_experiment_has_reassigned_is_not_forgotten_by_a_form() {
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

/// A seed that its author chooses could be that of another feature's experiment.
#[tokio::test]
async fn a_new_rollout_has_a_seed_of_its_own() {
    let console = console_of(json!({ "otherwise": { "static": "acme" } })).await;
    let answer =
        forge(&console, |draft| draft["rules"] = json!([canada("Canada", rollout(json!({ "seed": "chosen" })))])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let seed = state(&console)["rules"][0]["select"]["rollout"]["seed"].clone();
    assert!(seed.as_str().is_some_and(|seed| seed.len() == 16 && seed != "chosen"), "{seed}");
    // Ramps start where the units are, whatever a form says.
    let answer = forge(&console, |draft| {
        draft["rules"][0]["select"]["rollout"]["weights"] = json!({ "acme": 40, "premium": 60 });
        draft["rules"][0]["select"]["rollout"]["ramp"] =
            json!({ "start": "", "duration": "3h", "from": [["premium", 1_000_000, 1]] });
    });
    let before = given(&console);
    assert_eq!(answer.await.status, StatusCode::SEE_OTHER);
    assert_eq!(given(&console), before);
}

#[tokio::test]
async fn who_may_confirm_reassigns() {
    let console = console_of(json!({ "rules": [canada("Canada", rollout(json!({})))] })).await;
    let draft = json!({ "rules": [canada("Kanada", rollout(json!({})))] }).to_string();
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "1"), ("draft", &draft), ("allow_reshuffle", "yes")];
    assert_eq!(console.asked_by("eve").post("/publish", &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
}
