//! Flags of Flypper: listed actors and a percentage of actors.

use feats::ErrorKind;
use serde_json::Value as Json;

use super::{Count, Vector, attribute, attributes, vectors};
use crate::flags::actors::Gates;
use crate::flags::program::Program;

/// Returns the gates of a flag of Flypper.
pub(super) fn gates(flag: &Json) -> Gates {
    let key = |gate: &Json| gate["actor_key"].as_str().unwrap().to_owned();
    let actors = flag["enabled_for_actors"].as_object().map(|_| {
        let gate = &flag["enabled_for_actors"];
        (key(gate), gate["actor_ids"].as_array().unwrap().iter().map(attribute).collect())
    });
    let percentage = flag["enabled_for_percentage_of_actors"].as_object().map(|_| {
        let gate = &flag["enabled_for_percentage_of_actors"];
        (key(gate), gate["percentage"].as_f64().unwrap())
    });
    Gates { is_enabled: flag["enabled"] == true, is_deleted: flag["deleted"] == true, actors, percentage }
}

/// Returns `true` if the answer depends on the hash of Flypper: the other gates pass, and the percentage is between none and all,
/// for a subject that has the key.
fn depends_on_the_hash(vector: &Vector) -> bool {
    let gates = gates(&vector.input["flag"]);
    let entries = attributes(&vector.input["entries"]);
    let Some((key, percentage)) = &gates.percentage else { return false };
    let others = Gates { percentage: None, ..gates.clone() };
    others.decide(&entries, || unreachable!()) && entries.get(key).is_some() && *percentage > 0.0 && *percentage < 100.0
}

#[test]
fn flags_decide_as_in_flypper() {
    let Some(vectors) = vectors("flypper.flag") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let (flag, entries) = (&vector.input["flag"], attributes(&vector.input["entries"]));
        if depends_on_the_hash(&vector) {
            count.add("not native: depends on the hash of Flypper");
            continue;
        }
        match gates(flag).write(&Program::start(), "test") {
            Ok(flag) => {
                assert_eq!(Json::from(flag.is_enabled(&entries)), *vector.right(), "{}", vector.id);
                count.add("decided");
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Invalid, "{}", vector.id);
                assert!(flag["enabled_for_percentage_of_actors"]["percentage"].as_f64().unwrap() < 0.0);
                count.add("refused: a negative percentage");
            }
        }
    }
    count.assert([
        ("decided", 15),
        ("not native: depends on the hash of Flypper", 5),
        ("refused: a negative percentage", 1),
    ]);
}
