//! Problems of names: unknown names have a suggestion, and identifiers are unique.

use serde_json::{Value as Json, json};

use super::{accepted, refused, refused_before_publishing, rollout, when};

#[test]
fn an_unknown_name_has_a_suggestion() {
    refused(&json!({ "pinned": "premum" }), &[r#"pinned: unknown implementation "premum"; did you mean "premium"?"#]);
    refused(
        &json!({ "otherwise": { "static": "nothing" } }),
        &[
            r#"otherwise.static: unknown implementation "nothing"; available: acme, aperture, "crème brûlée", premium, zeta"#,
        ],
    );
    refused(
        &json!({ "overrides": [{ "segment": "UserID", "values": [1], "use": "Acme" }] }),
        &[
            r#"overrides[0].segment: no segment named "UserID" applies to "Feature"; did you mean "UserId"?"#,
            r#"overrides[0].use: unknown implementation "Acme"; did you mean "acme"?"#,
        ],
    );
    refused(
        &when(json!({ "any": [{ "segment": "Contry", "in": ["CA"] }] })),
        &[r#"rules[0].when.any[0].segment: no segment named "Contry" applies to "Feature"; did you mean "Country"?"#],
    );
    refused(
        &when(json!({ "segment": "Shard", "eq": 3 })),
        &[r#"rules[0].when.segment: "Shard" is not a segment but an attribute; write "attribute": "Shard""#],
    );
    refused(
        &when(json!({ "segment": "Country", "start_with": "C" })),
        &[r#"rules[0].when.start_with: unknown operator "start_with"; did you mean "starts_with"?"#],
    );
    refused(
        &json!({ "otherwise": { "rolout": {} } }),
        &[r#"otherwise.rolout: unknown selector "rolout"; did you mean "rollout"?"#],
    );
    refused(
        &rollout(json!({ "by": "userid", "weights": { "acme": 60, "apperture": 40 } })),
        &[
            r#"otherwise.rollout.by: no segment named "userid"; did you mean "UserId"?"#,
            r#"otherwise.rollout.weights.apperture: unknown implementation "apperture"; did you mean "aperture"?"#,
        ],
    );
}

/// Other programs may have the attribute.
#[test]
fn an_unknown_attribute_is_refused_only_before_publishing() {
    refused_before_publishing(
        &when(json!({ "attribute": "Enviroment", "eq": "dev" })),
        &[r#"rules[0].when.attribute: no attribute named "Enviroment"; did you mean "Environment"?"#],
    );
    accepted(&when(json!({ "attribute": "Region", "eq": "eu" })));
}

#[test]
fn a_state_names_the_input_if_several_apply() {
    let either = r#"Zip applies to several inputs; set "input" to one of "billing", "shipping""#;
    refused(&when(json!({ "segment": "Zip", "eq": "1" })), &[&format!("rules[0].when.input: {either}")]);
    refused(
        &when(json!({ "segment": "Zip", "input": "user", "eq": "1" })),
        &[&format!("rules[0].when.input: {either}")],
    );
    refused(
        &when(json!({ "segment": "Zip", "input": "shiping", "eq": "1" })),
        &[&format!(r#"rules[0].when.input: {either}; did you mean "shipping"?"#)],
    );
    refused(
        &rollout(json!({ "by": "Zip", "weights": { "acme": 100 } })),
        &[&format!("otherwise.rollout.input: {either}")],
    );
    refused(
        &json!({ "overrides": [{ "segment": "Zip", "values": ["1"], "use": "acme" }] }),
        &[&format!("overrides[0].input: {either}")],
    );
    refused(
        &when(json!({ "segment": "Country", "input": "usr", "eq": "CA" })),
        &[r#"rules[0].when.input: no input named "usr"; did you mean "user"?"#],
    );
    accepted(&when(json!({ "segment": "Country", "input": "user", "eq": "CA" })));
    accepted(&when(json!({ "segment": "Zip", "input": "billing", "eq": "1" })));
}

#[test]
fn names_of_rules_and_seeds_are_unique() {
    let rule = |name: &str, select: Json| json!({ "name": name, "select": select });
    let slots = json!([["acme", 1_000_000, 1]]);
    let shared = json!({ "rollout": { "by": "UserId", "seed": "s", "weights": { "acme": 100 }, "slots": slots } });
    let rules = [rule("a", shared.clone()), rule("a", json!({ "static": "acme" }))];
    refused_before_publishing(
        &json!({ "rules": rules, "otherwise": shared }),
        &[
            r#"rules[1].name: duplicate name "a": rules[0] has it too"#,
            "otherwise.rollout.seed: duplicate seed: rules[0].select has it too; omit the seed to get a new one",
        ],
    );
}

#[test]
fn a_rule_has_a_name_of_up_to_200_characters() {
    let named = |name: Json| json!({ "rules": [{ "name": name, "select": { "static": "acme" } }] });
    refused_before_publishing(&named(json!("")), &["rules[0].name: a name can't be empty"]);
    refused_before_publishing(&named(json!("a\nb")), &["rules[0].name: a name can't contain control characters"]);
    refused_before_publishing(
        &named(json!("é".repeat(201))),
        &["rules[0].name: a name can have at most 200 characters"],
    );
    refused(&named(Json::Null), &["rules[0].name: this field is required"]);
    accepted(&named(json!("é".repeat(200))));
}

/// Two different names must not look the same.
#[test]
fn a_name_has_no_invisible_character() {
    let named = |name: &str| json!({ "rules": [{ "name": name, "select": { "static": "acme" } }] });
    for (name, said) in [
        ("Can\u{200b}ada", "a name can't contain invisible characters: U+200B ZERO WIDTH SPACE after \"Can\""),
        (
            "\u{feff}Canada",
            "a name can't contain invisible characters: U+FEFF ZERO WIDTH NO-BREAK SPACE (BYTE ORDER MARK) at its start",
        ),
        (
            "a\u{202e}b",
            "a name can't contain characters that change the direction of text: U+202E RIGHT-TO-LEFT OVERRIDE after \"a\"",
        ),
        ("a\u{ad}", "a name can't contain invisible characters: U+00AD SOFT HYPHEN after \"a\""),
    ] {
        refused_before_publishing(&named(name), &[&format!("rules[0].name: {said}")]);
    }
    for name in ["trail ", "US canary", "日本", "⚠️ urgent"] {
        accepted(&named(name));
    }
}
