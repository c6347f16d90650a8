//! Problems of experiments: random units, shares, reassigned ranges, and seeds of other experiments.

use feats::ErrorKind;
use feats::model::{Experiment, Percent, Ramp};
use serde_json::{Value as Json, json};

use super::{accepted, problems, refused};
use crate::desk::Desk;
use crate::world::{only, wait};

fn experiment(fields: Json) -> Json {
    let mut experiment = json!({ "by": "UserId", "seed": "seed", "weights": { "acme": 100 } });
    experiment["slots"] = json!([["acme", 1_000_000, 1]]);
    for (key, value) in fields.as_object().unwrap() {
        experiment[key] = value.clone();
    }
    json!({ "otherwise": { "experiment": experiment } })
}

#[test]
fn an_experiment_needs_a_persistent_unit() {
    let path = "otherwise.experiment";
    refused(
        &experiment(json!({ "by": "random" })),
        &[&format!("{path}.by: an experiment needs units that return; \"random\" is only allowed in rollouts")],
    );
    refused(
        &experiment(json!({ "by": "Score" })),
        &[&format!("{path}.by: Score is a float and cannot identify units; use text, an integer or a bool")],
    );
    refused(
        &experiment(json!({ "by": ["Country", "UserId"] })),
        &[&format!(
            "{path}.by: an experiment needs units of one segment; several segments are only allowed in rollouts"
        )],
    );
    accepted(&experiment(json!({ "by": ["UserId"] })));
    let ramp = json!({ "start": "2026-12-01T09:00:00Z", "duration": "3h" });
    refused(&experiment(json!({ "ramp": ramp })), &[&format!("{path}.ramp: unknown field \"ramp\"")]);
    let mut by_hand = Experiment::new("UserId", [("acme", 100.0)]);
    by_hand.rollout.ramp = Some(Ramp::new("", "3h"));
    let ramp = format!("{path}.ramp: an experiment can't have a ramp; increase its share step by step");
    assert_eq!(problems(&only(by_hand)), [ramp]);
}

#[test]
fn a_share_is_a_percentage_and_reassigned_ranges_lie_within_the_slots() {
    let path = "otherwise.experiment";
    let percentage = "a share must be a percentage from 0 to 100 with at most four decimals, not";
    for odd in [-1.0, 100.1, 33.333_33] {
        refused(&experiment(json!({ "share": odd })), &[&format!("{path}.share: {percentage} {odd}")]);
    }
    let odd = Experiment { share: Percent(f64::NAN), ..Experiment::new("UserId", [("acme", 100.0)]) };
    assert_eq!(problems(&only(odd)), [format!("{path}.share: {percentage} NaN")]);
    refused(&experiment(json!({ "share": "all" })), &[&format!("{path}.share: a weight must be a number, in percent")]);
    refused(
        &experiment(json!({ "reassigned": [["slot", 999_999, 2], ["entry", 4_294_967_295_u32, 1]] })),
        &[
            &format!("{path}.reassigned[0]: slots and entry positions range from 0 to 999999"),
            &format!("{path}.reassigned[1]: slots and entry positions range from 0 to 999999"),
        ],
    );
    let form = r#"a reassigned range is ["slot" or "entry", first, length]"#;
    refused(
        &experiment(json!({ "reassigned": [["unit", 0, 1], ["slot", 0], 7] })),
        &[
            &format!("{path}.reassigned[0]: {form}"),
            &format!("{path}.reassigned[1]: {form}"),
            &format!("{path}.reassigned[2]: {form}"),
        ],
    );
    accepted(&experiment(json!({ "share": 0, "reassigned": [["slot", 0, 1_000_000], ["slot", 5, 5]] })));
    accepted(&experiment(json!({ "share": null })));
}

#[test]
fn the_seed_of_an_experiment_with_other_units_is_refused() {
    let desk = Desk::open();
    let experiment = |by: &str| {
        let mut experiment = Experiment::new(by, [("acme", 50.0), ("zeta", 50.0)]);
        experiment.rollout.seed = Some("seed".to_owned());
        desk.feature.edit().otherwise(experiment).allow_reshuffle()
    };
    wait(experiment("UserId").publish()).unwrap();
    let refused = |change: feats::Change<feats::Dynamic>| {
        let error = wait(change.publish()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        let message = "an experiment by UserId already has this seed; omit the seed to get a new one";
        assert_eq!(error.problems()[0].to_string(), format!("otherwise.experiment.seed: {message}"));
    };
    refused(experiment("Country"));
    wait(desk.feature.edit().otherwise("acme").publish()).unwrap();
    refused(experiment("Country"));
}
