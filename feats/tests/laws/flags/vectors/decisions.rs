//! Whole flags of Flipper: conditions with bucketers.

use serde_json::Value as Json;

use super::{Count, Vector, attributes, bucketer, condition, program, vectors};
use crate::world::wait;

/// Returns `true` if the answer depends on Flipper's hash or on a draw: no condition decides, and the bucketer has a percentage
/// between none and all, for a subject that has the keys.
fn depends_on_chance(vector: &Vector) -> bool {
    let input = &vector.input;
    let keywords = input["kwargs"].as_object().unwrap();
    let checks = input["conditions"].as_array().unwrap().iter().flat_map(|checks| checks.as_object().unwrap().keys());
    let is_checked = checks.map(|key| key.split_once("__").map_or(key.as_str(), |(name, _)| name));
    if input["enabled"] == false || is_checked.into_iter().any(|name| keywords.contains_key(name)) {
        return false;
    }
    let bucketer = &input["bucketer"];
    let Some(percentage) = bucketer.get("percentage") else { return false };
    let number = |name: &str| percentage[name].as_f64().unwrap();
    let share = if percentage["type"] == "Percentage" {
        number("value")
    } else {
        let elapsed = input["now"].as_f64().unwrap() - number("initial_time");
        number("initial_value") + (number("final_value") - number("initial_value")) * elapsed / number("ramp_duration")
    };
    let lacks_a_key = |keys: &Vec<Json>| keys.iter().any(|key| !keywords.contains_key(key.as_str().unwrap()));
    let is_no_unit = bucketer.get("key_whitelist").and_then(Json::as_array).is_some_and(lacks_a_key);
    share > 0.0 && share < 1.0 && !is_no_unit
}

#[test]
fn flags_decide_as_flipper_documents() {
    let Some(vectors) = vectors("flipper.is_enabled") else { return };
    let mut count = Count::default();
    for vector in vectors {
        if depends_on_chance(&vector) {
            count.add("not native: depends on Flipper's hash or a draw");
            continue;
        }
        let input = &vector.input;
        let program = program(input);
        let mut new = program.flags.create("FLAG");
        if input["enabled"] == true {
            new = new.enabled();
        }
        for checks in input["conditions"].as_array().unwrap() {
            new = new.condition(condition(checks));
        }
        if let Some(bucketer) = bucketer(&input["bucketer"]) {
            new = new.bucketer(bucketer);
        }
        let flag = wait(new).unwrap();
        assert_eq!(Json::from(flag.is_enabled(&attributes(&input["kwargs"]))), *vector.right(), "{}", vector.id);
        count.add("decided");
    }
    count.assert([("decided", 25), ("not native: depends on Flipper's hash or a draw", 23)]);
}
