//! The wire format: states survive JSON unchanged, and golden files fix the format.

use feats::model::{Declaration, ValueKind};
use feats::{State, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::generators::{operand, state};
use super::world::{cases, stored};

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn a_state_survives_json(state in state()) {
        let json = state.to_json();
        prop_assert_eq!(&State::from_json(&json), &state);
        let text = json.to_string();
        prop_assert_eq!(&text.parse::<State>().unwrap(), &state);
        prop_assert_eq!(&serde_json::from_str::<State>(&text).unwrap(), &state);
        prop_assert_eq!(serde_json::to_value(&state).unwrap(), json);
    }

    #[test]
    fn a_value_survives_json_with_its_type_to_the_last_bit(value in operand()) {
        let text = json!({ "overrides": [{ "segment": "s", "values": [value], "use": "u" }] }).to_string();
        let state: State = text.parse().unwrap();
        let read = &state.overrides[0].values[0];
        prop_assert_eq!(read.kind(), value.kind());
        prop_assert_eq!(read, &value);
        if let (Value::Float(read), Value::Float(value)) = (read, &value) {
            prop_assert_eq!(read.to_bits(), value.to_bits());
        }
    }
}

/// Golden files are accepted and serialized unchanged.
#[test]
fn golden_files_survive_a_round_trip() {
    for (name, text) in [
        ("design", include_str!("golden/design.json")),
        ("operators", include_str!("golden/operators.json")),
        ("rollouts", include_str!("golden/rollouts.json")),
        ("newer", include_str!("golden/newer.json")),
    ] {
        let state: State = text.parse().unwrap();
        assert_eq!(state.problems(), [], "{name}");
        assert_eq!(state.to_json(), text.parse::<Json>().unwrap(), "{name}");
    }
}

#[test]
fn the_state_of_the_design_can_be_used() {
    let feature = Declaration::new("PaymentProcessor", ["acme", "premium", "aperture"])
        .segment("Country", ValueKind::Text)
        .segment("UserId", ValueKind::Integer)
        .segment("Age", ValueKind::Integer);
    let state: State = include_str!("golden/design.json").parse().unwrap();
    assert_eq!(stored(&state, &feature).problems, []);
}

/// Fixes the order of fields on the wire, which hashes depend on.
#[test]
fn the_serialized_bytes_of_a_state_are_fixed() {
    let state: State = include_str!("golden/rollouts.json").parse().unwrap();
    let written = serde_json::to_string(&state).unwrap();
    let expected = concat!(
        r#"{"pinned":"acme","overrides":[{"segment":"Zip","input":"shipping","values":["8000",true,1.5],"use":"aperture"}],"#,
        r#""rules":[{"name":"ramp","select":{"rollout":{"by":"UserId","seed":"s","#,
        r#""weights":{"acme":33.3333,"aperture":66.6667,"premium":0},"#,
        r#""slots":[["acme",333333,1],["aperture",666667,2]],"#,
        r#""ramp":{"start":"2026-12-01T09:00:00Z","duration":"3h","from":[["acme",1000000,1]]}}}},"#,
        r#"{"name":"as a writer gives it","select":{"rollout":{"by":"Zip","input":"billing","#,
        r#""weights":{"acme":99.5,"aperture":0.5},"ramp":{"start":"","duration":"1h 30m","from":{"acme":100}}}}}],"#,
        r#""otherwise":{"rollout":{"by":"random","seed":"r","weights":{"acme":50,"premium":50},"#,
        r#""slots":[["acme",500000,1],["premium",500000,1]]}}}"#,
    );
    assert_eq!(written, expected);
}

#[test]
fn a_duplicate_key_is_refused() {
    for text in [
        r#"{"pinned": "acme", "pinned": null}"#,
        r#"{"otherwise": {"rollout": {"by": "UserId", "weights": {"acme": 100, "acme": 0}}}}"#,
        r#"{"rules": [{"when": {"segment": "Country", "in": ["CA"], "in": ["US"]}}]}"#,
    ] {
        assert!(text.parse::<State>().unwrap_err().report().to_string().contains("duplicate key"), "{text}");
        assert!(serde_json::from_str::<State>(text).is_err(), "{text}");
    }
}

#[test]
fn depth_huge_numbers_and_incomplete_documents_do_not_panic() {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let nots = format!(r#"{{"rules": [{{"when": {}{{}}{}}}]}}"#, r#"{"not": "#.repeat(10_000), "}".repeat(10_000));
    for text in [&*deep, &*nots, r#"{"pinned": 1e999}"#, r#"{"rules": ["#, "", "\u{0}", "nul", "\"\\ud800\""] {
        assert!(text.parse::<State>().is_err(), "{text:.40}");
    }
}

fn read(number: &str) -> Value<'static> {
    let text = format!(r#"{{"overrides": [{{"segment": "s", "values": [{number}], "use": "u"}}]}}"#);
    text.parse::<State>().unwrap().overrides[0].values[0].clone()
}

#[test]
fn floats_are_parsed_exactly() {
    for float in [-3.848_071_626_672_352e158, 8.190_245_186_661_972e-231, 5e-324, f64::MAX, 0.1] {
        assert!(matches!(read(&format!("{float:?}")), Value::Float(read) if read.to_bits() == float.to_bits()));
    }
}

/// Cargo unifies features: another crate may enable `serde_json/arbitrary_precision`, which represents a number like this.
#[test]
fn numbers_are_parsed_with_arbitrary_precision_enabled() {
    let digits = |digits: &str| read(&format!(r#"{{"$serde_json::private::Number": "{digits}"}}"#));
    assert!(matches!(digits("1.5"), Value::Float(1.5)));
    assert!(matches!(digits("18446744073709551615"), Value::Integer(18_446_744_073_709_551_615)));
    let none = r#"{"pinned": {"$serde_json::private::Number": "acme"}}"#;
    assert!(none.parse::<State>().is_err());
}

/// A number beyond `u64` is a float in JSON, and stays one.
#[test]
fn integers_are_exact_within_i64_and_u64() {
    assert!(matches!(read("18446744073709551615"), Value::Integer(18_446_744_073_709_551_615)));
    assert!(matches!(read("-9223372036854775808"), Value::Integer(-9_223_372_036_854_775_808)));
    assert!(matches!(read("18446744073709551616"), Value::Float(float) if float == 18_446_744_073_709_551_616.0));
    assert!(matches!(read("1.0"), Value::Float(float) if float == 1.0));
}
