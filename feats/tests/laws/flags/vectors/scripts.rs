//! Scripts: steps of programs that write and read flags.

use std::collections::BTreeMap;

use feats::flags::{Context, Flag};
use feats::{Attributes, Error, ErrorKind, Result};
use serde_json::{Value as Json, json};

use super::gates::gates;
use super::{Count, attributes, bucketer, condition, vectors};
use crate::flags::program::{Program, state};
use crate::world::wait;

fn text(step: &Json, at: usize) -> &str {
    step[at].as_str().unwrap()
}

/// Runs a step of Flipper.
fn flipper(program: &Program, step: &Json) -> Result<Json> {
    let flags = &program.flags;
    let flag = |at: usize| -> Flag { flags.get(text(step, at)) };
    let written = |result: Result<feats::Published>| result.map(|_| Json::Null);
    match text(step, 0) {
        "create" => {
            let options = step.get(2).cloned().unwrap_or_default();
            let mut new = flags.create(text(step, 1));
            if options["is_enabled"] == true {
                new = new.enabled();
            }
            if options["client_data"].is_object() {
                new = new.client_data(options["client_data"].clone());
            }
            wait(new).map(|_| Json::Null)
        }
        "enable" => written(wait(flag(1).enable())),
        "disable" => written(wait(flag(1).disable())),
        "destroy" => written(wait(flag(1).destroy())),
        "set_client_data" => written(wait(flag(1).set_client_data(step[2].clone()))),
        "add_condition" => written(wait(flag(1).add_condition(condition(&step[2])))),
        "set_conditions" => written(wait(flag(1).set_conditions(step[2].as_array().unwrap().iter().map(condition)))),
        "set_bucketer" => written(match bucketer(&step[2]) {
            Some(bucketer) => wait(flag(1).set_bucketer(bucketer)),
            None => wait(flag(1).clear_bucketer()),
        }),
        "is_enabled" => {
            let keywords = step.get(2).map_or_else(Attributes::new, attributes);
            Ok(json!(flags.is_enabled(text(step, 1), &keywords)))
        }
        "exists" => Ok(json!(flags.exists(text(step, 1)))),
        "list" => Ok(json!(flags.list().names())),
        "get_client_data" | "get_meta" if !flag(1).exists() => Err(Error::new(ErrorKind::NotFound, "reads are total")),
        "get_client_data" => Ok(flag(1).client_data()),
        "get_meta" => Ok(json!({ "client_data": flag(1).client_data(), "conditions": checks(&flag(1)) })),
        other => panic!("unknown step: {other}"),
    }
}

/// Returns the stored conditions of a flag, each as the list of its checks.
fn checks(flag: &Flag) -> Vec<Json> {
    let state = state(flag).to_json();
    let gate = &state["rules"][0]["select"]["gate"]["conditions"];
    gate.as_array().into_iter().flatten().map(|condition| condition["all"].clone()).collect()
}

/// Converts the conditions of Flipper's metadata into stored checks.
fn stored_checks(conditions: &Json) -> Vec<Json> {
    let conditions = conditions.as_array().unwrap().iter();
    let check = |check: &Json| {
        let operator = check["operator"].as_str().unwrap_or("eq");
        json!({ "segment": check["variable"], operator: check["value"] })
    };
    conditions
        .map(|condition| {
            condition.as_object().unwrap().values().flat_map(|checks| checks.as_array().unwrap()).map(check).collect()
        })
        .collect()
}

/// Returns `true` if decisions after this step depend on a hash: it sets a percentage, or it is another such decision.
fn depends_on_the_hash(before: &Json) -> bool {
    let has_percentage = before[0] == "set_bucketer" && before[2]["percentage"].is_object();
    has_percentage || (before[0] == "is_enabled" && before[2]["user_id"] == 1)
}

#[test]
fn scripts_of_flipper_have_the_same_effects() {
    let Some(vectors) = vectors("flipper.client_script") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let program = Program::start();
        let steps = vector.input["steps"].as_array().unwrap();
        let results = vector.expected["steps"].as_array().unwrap();
        for (at, (step, expected)) in steps.iter().zip(results).enumerate() {
            let result = flipper(&program, step);
            let place = format!("{}, step {at}: {step}", vector.id);
            if expected["error"] == "FlagDoesNotExistError" {
                assert!(result.unwrap_err().is_not_found(), "{place}");
                count.add("error");
                continue;
            }
            let result = result.unwrap();
            let expected = &expected["result"];
            match (text(step, 0), vector.should_be.as_ref()) {
                ("is_enabled", _) if at > 0 && depends_on_the_hash(&steps[at - 1]) => {
                    count.add("not native: depends on Flipper's hash");
                    continue;
                }
                ("is_enabled", Some(should_be)) if should_be.is_object() => {
                    assert_eq!(result, should_be["result"], "{place}");
                }
                ("exists" | "is_enabled", Some(should_be)) => {
                    assert_eq!(should_be, "flag visible after create", "{place}");
                    assert_eq!(result, true, "{place}");
                }
                ("get_meta", _) => {
                    assert_eq!(result["client_data"], expected["client_data"], "{place}");
                    assert_eq!(result["conditions"], json!(stored_checks(&expected["conditions"])), "{place}");
                }
                _ => assert_eq!(result, *expected, "{place}"),
            }
            count.add(if expected.is_null() { "write" } else { "read" });
        }
    }
    count.assert([("error", 4), ("not native: depends on Flipper's hash", 2), ("read", 24), ("write", 28)]);
}

/// Runs a step of Flypper. Returns `None` if its result is specific to the original: a count of calls, or a version of all flags.
fn flypper(program: &Program, contexts: &mut BTreeMap<String, Context<'_>>, step: &Json) -> Result<Option<Json>> {
    Ok(match text(step, 0) {
        "upsert" => {
            gates(&step[1]).write(program, step[1]["name"].as_str().unwrap())?;
            None
        }
        "flags" => Some(json!(program.flags.list().names())),
        "context" => {
            contexts.insert(text(step, 1).to_owned(), program.flags.context(attributes(&step[2])));
            None
        }
        "ctx_is_enabled" => {
            let entries = step.get(3).map_or_else(Attributes::new, attributes);
            Some(json!(contexts[text(step, 1)].is_enabled(text(step, 2), &entries)))
        }
        "hard_delete" => {
            wait(program.flags.get(text(step, 1)).destroy())?;
            None
        }
        "list_calls" | "storage_list_gt" => None,
        other => panic!("unknown step: {other}"),
    })
}

#[test]
fn scripts_of_flypper_have_the_same_effects() {
    let Some(vectors) = vectors("flypper.client_script") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let steps = vector.input["steps"].as_array().unwrap();
        if steps.iter().any(|step| step[0] == "storage_fail") {
            count.add("not run here: an outage of the store");
            continue;
        }
        let program = Program::start();
        let mut contexts = BTreeMap::new();
        for (at, (step, expected)) in steps.iter().zip(vector.expected["steps"].as_array().unwrap()).enumerate() {
            let result = flypper(&program, &mut contexts, step);
            let place = format!("{}, step {at}: {step}", vector.id);
            let is_last = at + 1 == steps.len();
            let Some(should_be) = vector.should_be.as_ref().filter(|_| is_last) else {
                if expected["error"] == "KeyError" {
                    assert!(result.unwrap_err().is_not_found(), "{place}");
                    count.add("error");
                } else if let Some(result) = result.unwrap() {
                    assert_eq!(result, expected["result"], "{place}");
                    count.add("read");
                }
                continue;
            };
            let expected = match should_be.as_str() {
                // A flag that was deleted, or destroyed, is not listed.
                Some("no error" | "tombstone must propagate") => json!([]),
                Some(remark) => panic!("{place}: {remark}"),
                None => should_be["result"].clone(),
            };
            assert_eq!(result.unwrap(), Some(expected), "{place}");
            count.add("read, as it should be");
        }
    }
    count.assert([
        ("error", 1),
        ("not run here: an outage of the store", 1),
        ("read", 14),
        ("read, as it should be", 4),
    ]);
}
