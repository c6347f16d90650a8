//! Problems of values: operands of the wrong type, and patterns and ranges that do not compile.

use serde_json::json;

use super::{accepted, refused, refused_before_publishing, when};

#[test]
fn an_operand_has_the_type_of_its_segment() {
    for (condition, expected) in [
        (json!({ "segment": "Country", "eq": 1 }), "eq: 1 is an integer, but Country is text"),
        (json!({ "segment": "Country", "in": ["CA", true] }), "in[1]: true is a bool, but Country is text"),
        (json!({ "segment": "UserId", "not_in": ["42"] }), r#"not_in[0]: "42" is text, but UserId is an integer"#),
        (json!({ "segment": "UserId", "gt": "42" }), r#"gt: "42" is text, but UserId is an integer"#),
        (json!({ "segment": "Score", "lte": "1" }), r#"lte: "1" is text, but Score is a float"#),
        (json!({ "segment": "Tester", "ne": 1.5 }), "ne: 1.5 is a float, but Tester is a bool"),
        (json!({ "attribute": "Shard", "lt": "three" }), r#"lt: "three" is text, but Shard is an integer"#),
        (
            json!({ "segment": "UserId", "ends_with": "4" }),
            "ends_with: ends_with requires text, but UserId is an integer",
        ),
        (json!({ "segment": "Tester", "matches": "t" }), "matches: matches requires text, but Tester is a bool"),
        (json!({ "attribute": "Shard", "semver": "1" }), "semver: semver requires text, but Shard is an integer"),
    ] {
        refused_before_publishing(&when(condition), &[&*format!("rules[0].when.{expected}")]);
    }
    refused_before_publishing(
        &json!({ "overrides": [{ "segment": "UserId", "values": [1, "two"], "use": "acme" }] }),
        &[r#"overrides[0].values[1]: "two" is text, but UserId is an integer"#],
    );
    accepted(&when(json!({ "all": [{ "segment": "UserId", "gt": 42.5 }, { "segment": "Score", "eq": 42 }] })));
}

#[test]
fn a_segment_with_options_accepts_only_those() {
    refused_before_publishing(
        &when(json!({ "segment": "Plan", "in": ["pro", "fre"] })),
        &[r#"rules[0].when.in[1]: "fre" is not an option of Plan; did you mean "free"?"#],
    );
    refused_before_publishing(
        &when(json!({ "segment": "Plan", "ne": "" })),
        &[r#"rules[0].when.ne: "" is not an option of Plan; available: free, pro"#],
    );
    refused_before_publishing(
        &json!({ "overrides": [{ "segment": "Plan", "values": ["gold"], "use": "acme" }] }),
        &[r#"overrides[0].values[0]: "gold" is not an option of Plan; available: free, pro"#],
    );
    accepted(&when(json!({ "any": [{ "segment": "Plan", "starts_with": "f" }, { "segment": "Plan", "gt": "f" }] })));
}

#[test]
fn patterns_times_and_ranges_must_be_valid() {
    let no_time = |text: &str| format!(r#"{text:?} is not an RFC 3339 time such as "2026-12-01T09:00:00Z""#);
    for (operator, text, expected) in [
        ("matches", "(", "not a regular expression: error: unclosed group"),
        ("matches", r"(?-u:\xFF)", "not a regular expression: error: pattern can match invalid UTF-8"),
        ("matches", &"a".repeat(1_025), "the pattern has 1025 bytes; the maximum is 1024"),
        ("semver", "1.x.0", "not a version range: unexpected character after wildcard in version req"),
        ("before", "tomorrow", &no_time("tomorrow")),
        ("after", "2026-02-30T00:00:00Z", &no_time("2026-02-30T00:00:00Z")),
    ] {
        let condition = json!({ "segment": "Country", operator: text });
        refused(&when(condition), &[&*format!("rules[0].when.{operator}: {expected}")]);
    }
}
