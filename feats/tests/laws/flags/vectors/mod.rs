//! Vectors: what the programs Flipper, Flypper and Gatekeeper really answer, as far as it binds flags of feats.
//!
//! The vectors are not part of the repository. Without them, each of these tests prints a line and passes.

mod checks;
mod decisions;
mod gates;
mod lists;
mod overrides;
mod ramps;
mod scripts;

use std::collections::BTreeMap;
use std::fs;

use feats::flags::{Bucketer, Condition};
use feats::{Attributes, Timestamp, Value};
use serde_json::Value as Json;

use super::program::Program;

/// The file, relative to the crate.
const FILE: &str = "../../shared/vectors/flipper-flypper-gatekeeper.json";

/// A call of one of the programs and its result.
#[derive(Debug)]
pub(super) struct Vector {
    id: String,
    input: Json,
    /// The result of the program: `{"result": …}` or `{"error": …}`.
    expected: Json,
    /// The result that would have been right, where the program's is not: in the same form, or as a remark.
    should_be: Option<Json>,
}

impl Vector {
    /// Returns the right result, if it is one value: what should be, or else what was.
    fn right(&self) -> &Json {
        let should_be = self.should_be.as_ref().and_then(|should_be| should_be.get("result"));
        should_be.unwrap_or(&self.expected["result"])
    }

    /// Returns the remark about a result that is not right.
    fn remark(&self) -> Option<&str> {
        self.should_be.as_ref()?.as_str()
    }
}

/// Returns the vectors of a kind. Without the file, prints a line and returns `None`.
#[expect(clippy::print_stdout, reason = "a skipped test prints the reason")]
fn vectors(kind: &str) -> Option<Vec<Vector>> {
    let path = format!("{}/{FILE}", env!("CARGO_MANIFEST_DIR"));
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: {path} does not exist");
        return None;
    };
    let file: Json = text.parse().unwrap();
    let of_kind = file["vectors"].as_array().unwrap().iter().filter(|vector| vector["kind"] == kind);
    let vectors: Vec<Vector> = of_kind
        .map(|vector| Vector {
            id: vector["id"].as_str().unwrap().to_owned(),
            input: vector["input"].clone(),
            expected: vector["expected"].clone(),
            should_be: vector.get("should_be").cloned(),
        })
        .collect();
    assert!(!vectors.is_empty(), "no vector of the kind {kind}");
    Some(vectors)
}

/// Counts the vectors by what was checked, so that none is left out silently.
#[derive(Default)]
struct Count(BTreeMap<&'static str, usize>);

impl Count {
    fn add(&mut self, checked: &'static str) {
        *self.0.entry(checked).or_default() += 1;
    }

    fn assert<const N: usize>(self, expected: [(&'static str, usize); N]) {
        assert_eq!(self.0, expected.into());
    }
}

/// Returns a value as feats has it: null and lists are their JSON text.
fn value(json: &Json) -> Json {
    match json {
        Json::Null | Json::Array(_) => Json::from(json.to_string()),
        Json::Object(_) => panic!("not a value: {json}"),
        _ => json.clone(),
    }
}

fn attributes(keywords: &Json) -> Attributes<'static> {
    let keywords = keywords.as_object().unwrap().iter();
    keywords.map(|(name, json)| (name.clone(), attribute(&value(json)))).collect()
}

fn attribute(json: &Json) -> Value<'static> {
    match json {
        Json::String(text) => Value::from(text.clone()),
        Json::Bool(bool) => Value::from(*bool),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::from(integer),
            None => Value::from(number.as_f64().unwrap()),
        },
        other => panic!("not a value: {other}"),
    }
}

/// Returns a condition of Flipper. Only the operators of lists have lists as operands.
fn condition(checks: &Json) -> Condition {
    checks.as_object().unwrap().iter().fold(Condition::new(), |condition, (key, operand)| {
        let has_list = key.ends_with("__in") || key.ends_with("__not_in");
        let operand = match operand {
            Json::Array(items) if has_list => items.iter().map(value).collect(),
            operand => value(operand),
        };
        condition.check(key, operand)
    })
}

/// Returns a bucketer of Flipper; `None` for the one that admits everyone.
fn bucketer(json: &Json) -> Option<Bucketer> {
    let kind = json.get("type").and_then(Json::as_str).unwrap_or("NoOpBucketer");
    let bucketer = match kind {
        "NoOpBucketer" => return None,
        "PercentageBucketer" => Bucketer::random(),
        "ConsistentHashPercentageBucketer" => {
            let keys = json.get("key_whitelist").and_then(Json::as_array).into_iter().flatten();
            Bucketer::consistent(keys.map(|key| key.as_str().unwrap().to_owned()))
        }
        other => panic!("unknown bucketer: {other}"),
    };
    let Some(percentage) = json.get("percentage") else { return Some(bucketer.percentage(100.0)) };
    let number = |name: &str| percentage[name].as_f64().unwrap();
    Some(match percentage["type"].as_str().unwrap() {
        "Percentage" => bucketer.percentage(100.0 * number("value")),
        "LinearRampPercentage" => ramp(bucketer, percentage),
        other => panic!("unknown percentage: {other}"),
    })
}

fn ramp(bucketer: Bucketer, json: &Json) -> Bucketer {
    let number = |name: &str| json[name].as_f64().unwrap();
    let duration = std::time::Duration::from_secs_f64(number("ramp_duration"));
    let ramp = bucketer.ramp(100.0 * number("initial_value"), 100.0 * number("final_value"), duration);
    ramp.starts_at(Timestamp::from_millis(1_000 * json["initial_time"].as_i64().unwrap()))
}

/// Starts a program at the instant of a vector.
fn program(input: &Json) -> Program {
    let now = input.get("now").and_then(Json::as_i64).unwrap_or(1_514_764_800);
    Program::start_at(&Timestamp::from_millis(1_000 * now).to_string())
}
