//! Problems of rollouts: weights, units, seeds, slots and ramps.

use feats::model::{By, Declaration, Ramp, RampFrom, Rollout, ValueKind};
use serde_json::{Value as Json, json};

use super::{accepted, problems, refused, refused_before_publishing, rollout};
use crate::world::{feature, only, stored, to_publish};

fn weights(weights: Json) -> Json {
    rollout(json!({ "by": "UserId", "seed": "seed", "weights": weights, "slots": [["acme", 1_000_000, 1]] }))
}

fn ramp(ramp: Json) -> Json {
    let slots = json!([["acme", 1_000_000, 1]]);
    rollout(json!({ "by": "UserId", "seed": "seed", "weights": { "acme": 100 }, "slots": slots, "ramp": ramp }))
}

#[test]
fn weights_are_percentages_that_sum_to_100() {
    let percentage = "a weight must be a percentage from 0 to 100 with at most four decimals, not";
    let path = "otherwise.rollout.weights";
    refused(
        &weights(json!({ "acme": -1, "premium": 101 })),
        &[&format!("{path}.acme: {percentage} -1"), &format!("{path}.premium: {percentage} 101")],
    );
    refused(
        &weights(json!({ "acme": 33.33333, "premium": 66.6667 })),
        &[&format!("{path}.acme: {percentage} 33.33333")],
    );
    for (sum, given) in
        [("120", json!({ "acme": 60, "premium": 60 })), ("99.9999", json!({ "acme": 99.9999 })), ("0", json!({}))]
    {
        refused(&weights(given), &[&format!("{path}: the weights must sum to 100, not {sum}")]);
    }
    refused(&weights(json!({ "acme": "all" })), &[&format!("{path}.acme: a weight must be a number, in percent")]);
    let object =
        format!(r#"{path}: weights must be an object of percentages, for example {{"acme": 95, "aperture": 5}}"#);
    refused(&weights(json!([50, 50])), &[&object]);
    refused(&weights(Json::Null), &[&object]);
    for odd in [f64::NAN, f64::INFINITY, -0.5] {
        let state = only(Rollout::new("UserId", [("acme", odd), ("premium", 100.0)]));
        assert_eq!(problems(&state)[0], format!("{path}.acme: {percentage} {odd}"));
    }
    accepted(&weights(json!({ "acme": 100, "premium": 0 })));
}

/// `0.1 + 0.2` is 0.30000000000000004. A larger difference than a rounding error is refused.
#[test]
fn a_weight_is_stored_with_four_decimals() {
    let stored = |percent: f64| {
        let rollout = Rollout::new("UserId", [("acme", percent), ("premium", 100.0 - percent)]);
        let state = only(rollout);
        assert_eq!(problems(&state), Vec::<String>::new());
        state.to_json().to_string()
    };
    assert!(stored(0.1 + 0.2).contains(r#""acme":0.3,"#));
    assert!(stored(0.7 + 0.1).contains(r#""acme":0.8,"#));
    assert!(stored(33.3333).contains(r#""acme":33.3333,"premium":66.6667"#));
    assert!(stored(29.999_999_999_999_996).contains(r#""acme":30,"premium":70"#));
    for odd in [33.333_33, 0.00005, 1e-6] {
        assert_eq!(problems(&only(Rollout::new("UserId", [("acme", odd), ("premium", 100.0)]))).len(), 1, "{odd}");
    }
}

#[test]
fn a_unit_is_not_a_float_and_a_seed_is_short() {
    let path = "otherwise.rollout";
    refused(
        &rollout(json!({ "by": "Score", "weights": { "acme": 100 } })),
        &[&format!("{path}.by: Score is a float and cannot identify units; use text, an integer or a bool")],
    );
    for (seed, expected) in [
        (json!(""), "a seed can't be empty; omit it to get a new one"),
        (json!("s".repeat(201)), "a seed can have at most 200 bytes"),
        (json!(7), "expected a string, not a number"),
    ] {
        let state = rollout(json!({ "by": "UserId", "seed": seed, "weights": { "acme": 100 } }));
        refused(&state, &[&format!("{path}.seed: {expected}")]);
    }
}

#[test]
fn a_unit_has_different_segments_without_inputs() {
    let path = "otherwise.rollout";
    let by = |by: Json| rollout(json!({ "by": by, "weights": { "acme": 100 } }));
    for by in [json!(["Country", "UserId"]), json!(["UserId"]), json!("UserId")] {
        let slots = json!([["acme", 1_000_000, 1]]);
        accepted(&rollout(json!({ "by": by, "seed": "seed", "weights": { "acme": 100 }, "slots": slots })));
    }
    refused(
        &by(json!(["Country", "userid", "Country", "Score", "Zip"])),
        &[
            &format!(r#"{path}.by[1]: no segment named "userid"; did you mean "UserId"?"#),
            &format!(r#"{path}.by[2]: duplicate segment "Country""#),
            &format!("{path}.by[3]: Score is a float and cannot identify units; use text, an integer or a bool"),
            &format!(r#"{path}.by[4]: Zip applies to several inputs and can only be a unit by itself, with "input""#),
        ],
    );
    refused(
        &by(json!(["Country", 5, null])),
        &[&format!("{path}.by[1]: expected a string, not a number"), &format!("{path}.by[2]: this field is required")],
    );
    refused(
        &rollout(json!({ "by": ["Country", "UserId"], "input": "user", "weights": { "acme": 100 } })),
        &[&format!("{path}.input: only a rollout by a single segment has an input")],
    );
    refused(
        &by(json!(["random"])),
        &[&format!(r#"{path}.by[0]: no segment named "random"; available: Country, Plan, UserId, Score, Tester, Zip"#)],
    );
}

#[test]
fn a_unit_has_at_most_16_segments() {
    let names: Vec<String> = (0..17).map(|index| format!("s{index}")).collect();
    let declaration = names
        .iter()
        .fold(Declaration::new("Feature", ["acme"]), |known, name| known.segment(name.as_str(), ValueKind::Text));
    let problems = |count: usize| {
        let state = only(Rollout::new(names.iter().take(count).collect::<By>(), [("acme", 100.0)]));
        to_publish(&state, &declaration).problems.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(problems(16), [""; 0]);
    assert_eq!(problems(17), ["otherwise.rollout.by: too many entries: 17; the limit is 16"]);
}

/// A feature has segments, so all attributes of a subject are not known there.
#[test]
fn only_flags_have_a_unit_of_all_attributes() {
    refused(
        &rollout(json!({ "by": [], "weights": { "acme": 100 } })),
        &[
            "otherwise.rollout.by: an empty list means all attributes, which only flags allow; list the segments of the \
           feature",
        ],
    );
}

#[test]
fn a_ramp_has_a_start_in_utc_a_duration_and_a_complete_initial_allocation() {
    let (path, start) = ("otherwise.rollout.ramp", "2026-12-01T09:00:00Z");
    let acme = || json!([["acme", 1_000_000, 1]]);
    let no_duration = |text: &str| {
        format!(r#"{path}.duration: {text:?} is not a duration such as "3h" or "1h 30m", of at most ten years"#)
    };
    refused_before_publishing(
        &ramp(json!({ "start": "2026-12-01T09:00:00+01:00", "duration": "3h", "from": acme() })),
        &[&format!(r#"{path}.start: the start of a ramp must be in UTC; write "2026-12-01T08:00:00Z""#)],
    );
    refused(
        &ramp(json!({ "start": "soon", "duration": "long", "from": acme() })),
        &[&format!(r#"{path}.start: "soon" is not an RFC 3339 time such as "{start}""#), &no_duration("long")],
    );
    for duration in ["-3h", "11y", "100000h", ""] {
        refused(&ramp(json!({ "start": start, "duration": duration, "from": acme() })), &[&no_duration(duration)]);
    }
    refused(&ramp(json!({ "start": start, "from": acme() })), &[&format!("{path}.duration: this field is required")]);
    for (from, expected) in [
        (json!([["acme", 999_999, 1]]), "from: the slots must sum to 1000000, not 999999"),
        (json!({ "acme": 50 }), "from: the weights must sum to 100, not 50"),
        (
            json!([["acme", 1, 1], ["acne", 999_999, 1]]),
            r#"from[1]: unknown implementation "acne"; did you mean "acme"?"#,
        ),
    ] {
        let ramp = ramp(json!({ "start": start, "duration": "1h", "from": from }));
        refused(&ramp, &[&format!("{path}.{expected}")]);
    }
    accepted(&ramp(json!({ "start": start, "duration": "PT1H", "from": acme() })));
}

#[test]
fn fields_that_publishing_adds_are_optional_only_before_it() {
    let once_stored = |rollout: &Rollout| -> Vec<String> {
        let state = only(rollout.clone());
        assert_eq!(problems(&state), [""; 0]);
        stored(&state, &feature()).problems.iter().map(ToString::to_string).collect()
    };
    let mut rollout = Rollout::new("UserId", [("acme", 100.0)]);
    let ramp = Ramp::new("", "1h");
    rollout.ramp = Some(ramp.clone());
    let missing = [
        "otherwise.rollout.seed: this field is required",
        "otherwise.rollout.slots: the slots do not match the weights",
        r#"otherwise.rollout.ramp.start: "" is not an RFC 3339 time such as "2026-12-01T09:00:00Z""#,
    ];
    let from = "otherwise.rollout.ramp.from: this field is required";
    assert_eq!(once_stored(&rollout), [&missing[..], &[from]].concat());
    rollout.ramp = Some(Ramp { from: Some(RampFrom::Weights(rollout.weights.clone())), ..ramp });
    let from = "otherwise.rollout.ramp.from: a stored ramp needs slots here, not weights";
    assert_eq!(once_stored(&rollout), [&missing[..], &[from]].concat());
}
