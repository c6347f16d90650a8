//! Problems of rollouts in the buckets of other systems, and of ramps in steps.

use serde_json::{Value as Json, json};

use super::{accepted, refused, rollout};

fn bucketing(by: Json, bucketing: Json) -> Json {
    rollout(json!({ "by": by, "seed": "seed", "bucketing": bucketing, "weights": { "acme": 100 },
        "slots": [["acme", 1_000_000, 1]] }))
}

#[test]
fn a_bucketing_names_a_known_function_and_its_number_of_buckets() {
    let path = "otherwise.rollout.bucketing";
    accepted(&bucketing(json!("UserId"), json!({ "function": "flipper", "buckets": 100 })));
    accepted(&bucketing(json!("UserId"), json!({ "function": "flypper", "buckets": 10_000 })));
    refused(
        &bucketing(json!("UserId"), json!({ "function": "fliper", "buckets": 100 })),
        &[&format!(r#"{path}.function: unknown slot function "fliper"; did you mean "flipper"?"#)],
    );
    refused(
        &bucketing(json!("UserId"), json!({ "buckets": 100 })),
        &[&format!("{path}.function: this field is required")],
    );
    refused(
        &bucketing(json!("UserId"), json!({ "function": "flipper", "buckets": 10_000 })),
        &[&format!("{path}.buckets: flipper has 100 buckets, not 10000")],
    );
    for count in [json!(0), json!(-1), json!(1_000_001), json!(1.5), json!("100"), json!(null)] {
        refused(
            &bucketing(json!("UserId"), json!({ "function": "flipper", "buckets": count })),
            &[&format!("{path}.buckets: expected an integer from 1 to 1000000")],
        );
    }
    refused(
        &bucketing(json!("UserId"), json!("flipper")),
        &[&format!("{path}: a bucketing must be an object, not a string")],
    );
    refused(
        &bucketing(json!("UserId"), json!({ "function": "flipper", "buckets": 100, "salt": "s" })),
        &[&format!(r#"{path}.salt: unknown field "salt""#)],
    );
}

#[test]
fn buckets_need_the_units_of_their_function() {
    let (flipper, flypper) =
        (json!({ "function": "flipper", "buckets": 100 }), json!({ "function": "flypper", "buckets": 10_000 }));
    accepted(&bucketing(json!(["UserId", "Country"]), flipper.clone()));
    refused(
        &bucketing(json!(["UserId", "Country"]), flypper.clone()),
        &["otherwise.rollout.by: flypper maps the values of exactly one attribute to buckets"],
    );
    for function in [flipper, flypper] {
        refused(
            &bucketing(json!("random"), function),
            &["otherwise.rollout.bucketing: a random rollout has no buckets; remove this field"],
        );
    }
}

#[test]
fn an_experiment_has_no_buckets() {
    let experiment = json!({ "by": "UserId", "seed": "seed", "weights": { "acme": 100 }, "slots": [["acme", 1_000_000, 1]],
        "bucketing": { "function": "flipper", "buckets": 100 } });
    refused(
        &json!({ "otherwise": { "experiment": experiment } }),
        &[r#"otherwise.experiment.bucketing: unknown field "bucketing""#],
    );
}

#[test]
fn a_step_is_a_number_of_slots() {
    let ramp = |step: Json| {
        let slots = json!([["acme", 1_000_000, 1]]);
        let ramp = json!({ "start": "2026-12-01T09:00:00Z", "duration": "1h", "from": slots, "step": step });
        rollout(json!({ "by": "UserId", "seed": "seed", "weights": { "acme": 100 }, "slots": slots, "ramp": ramp }))
    };
    accepted(&ramp(json!(10_000)));
    accepted(&ramp(json!(1)));
    for step in [json!(0), json!(1_000_001), json!("1%")] {
        refused(&ramp(step), &["otherwise.rollout.ramp.step: expected an integer from 1 to 1000000"]);
    }
}
