//! Golden vectors of the frozen formats, computed by other programs.
//!
//! If one of these tests fails, the code is wrong, not the file: any change of these values moves users or breaks histories.

use feats::ErrorKind;
use feats::bucketing::Seed;
use feats::bucketing::allocation::{Progress, Shares, has_shares, interpolate, reallocate};
use feats::model::{
    By, DISABLED, Declaration, ENABLED, Entry, Hash, Header, Rollout, SLOTS, SlotRange, State, Value, ValueKind,
};
use proptest::prelude::*;
use serde_json::Value as Json;

use super::world::{START, cases, choose, enabled_flag, only, route};

pub(crate) fn read(text: &str) -> Json {
    text.parse().unwrap()
}

pub(crate) fn vectors<'j>(file: &'j Json, key: &str) -> &'j [Json] {
    let vectors = file[key].as_array().unwrap();
    assert!(!vectors.is_empty());
    vectors
}

pub(crate) fn text<'j>(vector: &'j Json, key: &str) -> &'j str {
    vector[key].as_str().unwrap()
}

pub(crate) fn value(json: &Json) -> Value<'_> {
    match json {
        Json::String(text) => Value::from(text.as_str()),
        Json::Bool(bool) => Value::from(*bool),
        _ => match (json.as_i64(), json.as_u64()) {
            (Some(signed), _) => Value::from(signed),
            (_, Some(unsigned)) => Value::from(unsigned),
            _ => Value::from(json.as_f64().unwrap()),
        },
    }
}

fn runs(json: &Json) -> Vec<SlotRange> {
    let number = |json: &Json| json.as_u64().unwrap();
    let run =
        |run: &Json| SlotRange::new(run[0].as_str().unwrap(), u32::try_from(number(&run[1])).unwrap(), number(&run[2]));
    json.as_array().unwrap().iter().map(run).collect()
}

/// Checks `slot`, and `share_position`, which uses the seed with the suffix `/share`.
#[test]
fn slots_match_the_reference_library() {
    let file = read(include_str!("../../../tests/vectors/slots.json"));
    for vector in vectors(&file, "vectors") {
        let (seed, unit) = (text(vector, "seed"), text(vector, "unit"));
        let slot = |seed: &str| u64::from(Seed::new(seed).slot_of(unit.as_bytes()));
        assert_eq!(Some(slot(seed)), vector["slot"].as_u64(), "{vector}");
        assert_eq!(Some(slot(&format!("{seed}/share"))), vector["share_position"].as_u64(), "{vector}");
    }
}

/// `float` is a JSON number with a fraction; `slot` is absent if it is not a unit.
#[test]
fn slots_of_whole_floats_equal_those_of_integers() {
    let file = read(include_str!("../../../tests/vectors/slots.json"));
    for vector in vectors(&file, "floats") {
        let slot = Seed::new(text(vector, "seed")).slot(&Value::from(vector["float"].as_f64().unwrap()));
        assert_eq!(slot.map(u64::from), vector["slot"].as_u64(), "{vector}");
    }
}

/// The unit of several values, and of all attributes; `slot` is absent if there is no unit.
#[test]
fn slots_of_several_values_match_the_reference_library() {
    let file = read(include_str!("../../../tests/vectors/slots.json"));
    let check = |vector: &Json, by: By, values: Vec<(String, &Json)>| {
        let mut rollout = Rollout::new(by.clone(), [(ENABLED, 50.0), (DISABLED, 50.0)]);
        rollout.seed = Some(text(vector, "seed").to_owned());
        rollout.slots = [ENABLED, DISABLED].map(|name| SlotRange::new(name, SLOTS / 2, 1)).into();
        let feature = Declaration::new("Feature", [ENABLED, DISABLED]);
        let segments = by.names().iter();
        let (state, declaration) = match by.is_all() {
            true => (enabled_flag(rollout), Declaration::flag("Flag")),
            false => (only(rollout), segments.fold(feature, |it, name| it.segment(name.as_str(), ValueKind::Text))),
        };
        let values = values.into_iter().map(|(name, value)| (name, self::value(value)));
        let outcome = choose(&route(&state, &declaration), &declaration, &values.collect(), START, 0);
        assert_eq!(outcome.slot.map(u64::from), vector["slot"].as_u64(), "{vector}");
        if let Some(unit) = vector["unit"].as_str() {
            assert_eq!(outcome.slot, Some(Seed::new(text(vector, "seed")).slot_of(unit.as_bytes())), "{vector}");
        }
    };
    for vector in vectors(&file, "several") {
        let values = vector["values"].as_array().unwrap().iter();
        let named: Vec<_> = values.zip('a'..).map(|(value, name)| (name.to_string(), value)).collect();
        check(vector, named.iter().map(|(name, _)| name.as_str()).collect(), named);
    }
    for vector in vectors(&file, "all_attributes") {
        let attributes = vector["attributes"].as_object().unwrap();
        check(vector, By::Several(Vec::new()), attributes.iter().map(|(name, value)| (name.clone(), value)).collect());
    }
}

/// A unit is hashed as text: integers as decimal ASCII, bools as words. A whole float up to 2⁵³ is hashed as an integer.
#[test]
fn the_slot_of_a_value_equals_that_of_its_text() {
    let seed = Seed::new("9f3k2m7q1x8c4v5b");
    for value in [
        Value::from(42),
        Value::from(-7),
        Value::from(u64::MAX),
        Value::from(i64::MIN),
        Value::from(true),
        Value::from("é"),
    ] {
        assert_eq!(seed.slot(&value), Some(seed.slot_of(value.to_string().as_bytes())), "{value}");
    }
    for (float, integer) in [(42.0, 42), (-7.0, -7), (-0.0, 0), (9_007_199_254_740_992.0, 1_i64 << 53)] {
        assert_eq!(seed.slot(&Value::from(float)), seed.slot(&Value::from(integer)), "{float}");
    }
    for float in [42.5, 9_007_199_254_740_994.0, -9_007_199_254_740_994.0, 1e300, f64::NAN, f64::INFINITY] {
        assert_eq!(seed.slot(&Value::from(float)), None, "{float}");
    }
}

#[test]
fn allocations_match_a_computation_slot_by_slot() {
    let file = read(include_str!("../../../tests/vectors/allocations.json"));
    for vector in vectors(&file, "reallocate") {
        let shares: Shares = serde_json::from_value(vector["shares"].clone()).unwrap();
        let after = reallocate(&runs(&vector["before"]), &shares, vector["version"].as_u64().unwrap());
        assert_eq!(after, runs(&vector["after"]));
        assert!(has_shares(&after, &shares));
    }
    for vector in vectors(&file, "ramped") {
        let progress = Progress::new(vector["elapsed"].as_i64().unwrap(), 0, vector["duration"].as_u64().unwrap());
        let allocation = interpolate(&runs(&vector["from"]), &runs(&vector["to"]), progress);
        assert_eq!(allocation, runs(&vector["allocation"]), "after {} ms", vector["elapsed"]);
    }
}

/// Decodes the header and the state of a revision.
fn revision(bytes: &str) -> (Header, Option<State>) {
    let mut fields = read(bytes);
    let state = fields["state"].take();
    let header = serde_json::from_value(fields).unwrap();
    (header, (!state.is_null()).then(|| State::from_json(&state)))
}

#[test]
fn revisions_keep_their_encoding_and_hashes() {
    let file = read(include_str!("../../../tests/vectors/revisions.json"));
    let mut before = Hash::default();
    for vector in vectors(&file, "vectors") {
        let (bytes, previous): (_, Hash) = (text(vector, "bytes"), text(vector, "previous").parse().unwrap());
        assert_eq!(previous, before);
        assert_eq!(Hash::chained(&previous, bytes.as_bytes()).to_string(), text(vector, "hash"));

        let (header, state) = revision(bytes);
        let entry = Entry::encode(&header, state.as_ref()).unwrap();
        assert_eq!(std::str::from_utf8(&entry.bytes).unwrap(), bytes);
        assert_eq!(entry.hash.to_string(), text(vector, "hash"));
        assert_eq!(entry.removed, state.is_none());

        let read = entry.decode().unwrap();
        assert_eq!((read.previous(), read.hash()), (previous, entry.hash));
        before = entry.hash;
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn every_changed_bit_of_a_revision_is_detected(which in 0..4_usize, at in any::<prop::sample::Index>(), bit in 0..8) {
        let file = read(include_str!("../../../tests/vectors/revisions.json"));
        let vector = &vectors(&file, "vectors")[which];
        let (header, state) = revision(text(vector, "bytes"));
        let mut entry = Entry::encode(&header, state.as_ref()).unwrap();
        let at = at.index(entry.bytes.len());
        entry.bytes[at] ^= 1_u8 << bit;
        prop_assert_eq!(entry.decode().unwrap_err().kind(), ErrorKind::Corrupt);
    }
}
