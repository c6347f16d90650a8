//! Golden vectors of the slots in buckets, computed by Python with its own hashes and JSON.

use feats::Attributes;
use feats::bucketing::{buckets, flipper, flypper};
use feats::model::{BucketFunction, By, Value};
use serde_json::Value as Json;

use super::units::slot;
use crate::vectors::{read, text, value, vectors};

fn file() -> Json {
    read(include_str!("../../../../tests/vectors/buckets.json"))
}

fn number(json: &Json) -> u32 {
    json.as_u64().unwrap().try_into().unwrap()
}

/// Returns the value of an attribute: `{"float": text}` is a number that JSON does not have.
fn attribute(json: &Json) -> Value<'_> {
    match json["float"].as_str() {
        Some(float) => Value::from(float.parse::<f64>().unwrap()),
        None => value(json),
    }
}

/// Checks the slot of each seed.
fn check(vector: &Json, function: BucketFunction, by: &By, subject: &Attributes<'_>) {
    for (seed, expected) in vector["slots"].as_object().unwrap() {
        assert_eq!(slot(function, by, seed, subject), Some(number(expected)), "{vector}");
    }
}

#[test]
fn buckets_of_flipper_match_python() {
    let file = file();
    let vectors = vectors(&file, "flipper");
    assert!(vectors.len() >= 60);
    for vector in vectors {
        assert_eq!(flipper::bucket_of(text(vector, "bytes").as_bytes()), number(&vector["bucket"]), "{vector}");
        let by = vector["by"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let attributes = vector["attributes"].as_object().unwrap().iter();
        let subject = attributes.map(|(name, value)| (name.as_str(), attribute(value))).collect();
        check(vector, BucketFunction::Flipper, &by, &subject);
    }
}

#[test]
fn buckets_of_flypper_match_python() {
    let file = file();
    for vector in vectors(&file, "flypper") {
        assert_eq!(flypper::bucket_of(text(vector, "bytes").as_bytes()), number(&vector["bucket"]), "{vector}");
        let subject = [("user", value(&vector["id"]))].into_iter().collect();
        check(vector, BucketFunction::Flypper, &"user".into(), &subject);
    }
}

/// Also with numbers of buckets that do not divide the number of slots.
#[test]
fn slots_of_buckets_match_python() {
    let file = file();
    for vector in vectors(&file, "buckets") {
        let (bucket, count) = (number(&vector["bucket"]), number(&vector["buckets"]));
        assert_eq!(buckets::slots(bucket, count), number(&vector["first"])..number(&vector["end"]), "{vector}");
        for (hash, slot) in vector["slots"].as_object().unwrap() {
            let hash = u64::from_str_radix(hash, 16).unwrap();
            assert_eq!(buckets::slot(bucket, count, hash), number(slot), "{vector}");
        }
    }
}
