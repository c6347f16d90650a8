//! Refused changes: problems of the change itself, without a write.

use feats::model::{Condition, Selector};
use feats::{ErrorKind, Problem, Result};
use feats::{Published, Value};
use serde_json::json;

use crate::desk::Desk;
use crate::world::{state, wait};

/// Checks the problems of a refused change.
#[track_caller]
fn refused(desk: &Desk, result: Result<Published>, expected: &[&str]) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.feature(), Some("Feature"));
    assert_eq!(error.problems().iter().map(Problem::to_string).collect::<Vec<_>>(), expected);
    assert!(desk.feature.version() <= 1, "nothing is written");
}

fn desk() -> Desk {
    let desk = Desk::open();
    desk.replace(state(r#"{"rules": [{"name": "canary", "select": {"static": "premium"}}]}"#)).unwrap();
    desk
}

#[test]
fn steps_refer_to_existing_parts() {
    let desk = desk();
    let edit = || desk.feature.edit().author("ada");
    refused(
        &desk,
        wait(edit().remove_rule("canery").publish()),
        &[r#"rules: no rule named "canery"; did you mean "canary"?"#],
    );
    refused(
        &desk,
        wait(edit().move_before("canary", "x").publish()),
        &[r#"rules: no rule named "x"; available: canary"#],
    );
    refused(
        &desk,
        wait(edit().remove_override("UserId", [Value::from(42)]).publish()),
        &["overrides: no override for UserId 42"],
    );
    refused(
        &desk,
        wait(desk.feature.pin("premum").author("ada").publish()),
        &[r#"pinned: unknown implementation "premum"; did you mean "premium"?"#],
    );
    let missing = wait(desk.feature.rollback_to(7).author("ada").publish()).unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
}

#[test]
fn a_change_has_one_kind_and_an_author() {
    let desk = desk();
    refused(
        &desk,
        wait(desk.feature.pin("zeta").otherwise("acme").author("ada").publish()),
        &["an edit cannot be combined with a pin, a rollback or a removal; publish them one by one"],
    );
    refused(
        &desk,
        wait(desk.feature.edit().otherwise("unknown").author("").comment("x".repeat(10_001)).publish()),
        &[
            "author: a name can't be empty",
            "comment: a comment can have at most 10000 characters",
            r#"otherwise.static: unknown implementation "unknown"; available: acme, aperture, "crème brûlée", premium, zeta"#,
        ],
    );
}

#[test]
fn new_unknown_fields_are_refused_and_stored_ones_kept() {
    let desk = Desk::open();
    let newer = json!({
        "schedule": 1,
        "overrides": [{ "segment": "UserId", "values": [1], "use": "zeta", "until": 2 }],
        "rules": [{ "name": "canary", "select": { "static": "premium" }, "owner": 3 }],
    });
    desk.append_unchecked(&newer);
    let otherwise = Selector::Static("zeta".to_owned());
    wait(desk.feature.edit().otherwise(otherwise).author("ada").publish()).unwrap();
    let kept = desk.feature.state().to_json();
    let found = [&kept["schedule"], &kept["overrides"][0]["until"], &kept["rules"][0]["owner"]];
    assert_eq!(found, [&json!(1), &json!(2), &json!(3)]);

    let desk = Desk::open();
    refused(
        &desk,
        desk.replace(feats::State::from_json(&newer)),
        &[
            r#"schedule: unknown field "schedule""#,
            r#"overrides[0].until: unknown field "until""#,
            r#"rules[0].owner: unknown field "owner""#,
        ],
    );
    let typo = state(r#"{"rule": []}"#);
    refused(&desk, desk.replace(typo), &[r#"rule: unknown field "rule"; did you mean "rules"?"#]);
}

#[test]
fn an_override_keeps_its_unknown_fields() {
    let desk = Desk::open();
    let zip = |of: &str, values: [&str; 1]| json!({ "segment": "Zip", "input": of, "values": values, "use": "zeta" });
    let mut newer = json!({ "overrides": [
        zip("billing", ["1"]), zip("shipping", ["2"]), zip("shipping", ["3"]),
        { "segment": "UserId", "values": [1], "use": "zeta" }, { "segment": "UserId", "values": [2], "use": "acme", "until": 4 },
    ] });
    newer["overrides"][1]["until"] = json!(2);
    newer["overrides"][2]["since"] = json!(3);
    desk.append_unchecked(&newer);
    wait(desk.feature.edit().otherwise(Selector::Static("zeta".to_owned())).author("ada").publish()).unwrap();
    assert_eq!(desk.feature.state().to_json()["overrides"], newer["overrides"]);

    newer["overrides"][0]["until"] = json!(2);
    newer["overrides"][3]["until"] = json!(4);
    let error = desk.replace(feats::State::from_json(&newer)).unwrap_err();
    let problems: Vec<_> = error.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [r#"overrides[0].until: unknown field "until""#, r#"overrides[3].until: unknown field "until""#]
    );
}

#[test]
fn a_quarantined_state_cannot_be_edited() {
    let desk = Desk::open();
    desk.append_unchecked(&json!({ "otherwise": { "static": "gone" } }));
    let edit = desk.feature.edit().rule("canary", Condition::always(), "acme").author("ada");
    refused(
        &desk,
        wait(edit.publish()),
        &[
            "version 1 is quarantined in this program and cannot be edited; replace it, pin the feature or roll back",
            r#"otherwise.static: unknown implementation "gone"; available: acme, aperture, "crème brûlée", premium, zeta"#,
        ],
    );
}
