//! The vectors, with the text of their parts: nested values are hashed in the order of their text.

use std::collections::BTreeMap;
use std::fs;

use feats::flags::{Flags, flipper};
use feats::store::Memory;
use feats::testing::ManualClock;
use feats::{App, Attributes, Timestamp, Value};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

/// The file, relative to the folder of the crate.
const FILE: &str = "../../shared/vectors/flipper-flypper-gatekeeper.json";

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

/// A call of one of the programs and its result.
#[derive(Deserialize)]
pub struct Vector {
    pub id: String,
    kind: String,
    input: Box<RawValue>,
    expected: Json,
    should_be: Option<Json>,
}

impl Vector {
    /// Returns the input.
    pub fn input<'a, T: Deserialize<'a>>(&'a self) -> T {
        serde_json::from_str(self.input.get()).unwrap_or_else(|error| panic!("{}: {error}", self.id))
    }

    /// Returns the result of the program; null if it raised an exception.
    pub fn result(&self) -> &Json {
        &self.expected["result"]
    }

    /// Returns the exception that the program raised.
    pub fn error(&self) -> Option<&str> {
        self.expected["error"].as_str()
    }

    /// Returns the result that would have been right, where that of the program contradicts its documentation.
    pub fn right(&self) -> &Json {
        let should_be = self.should_be.as_ref().and_then(|should_be| should_be.get("result"));
        should_be.unwrap_or_else(|| self.result())
    }
}

/// Returns the vectors of a kind. Without the file, prints a line and returns `None`.
#[expect(clippy::print_stdout, reason = "a skipped test prints the reason")]
pub fn vectors(kind: &str) -> Option<Vec<Vector>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let path =
        if path.exists() { path } else { std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(FILE) };
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: {} does not exist", path.display());
        return None;
    };
    let file: File = serde_json::from_str(&text).expect("vectors");
    let vectors: Vec<Vector> = file.vectors.into_iter().filter(|vector| vector.kind == kind).collect();
    assert!(!vectors.is_empty(), "no vector of the kind {kind}");
    Some(vectors)
}

/// Counts the vectors by what was checked, so that none is left out silently.
#[derive(Default)]
pub struct Count(BTreeMap<&'static str, usize>);

impl Count {
    pub fn add(&mut self, checked: &'static str) {
        *self.0.entry(checked).or_default() += 1;
    }

    pub fn assert<const N: usize>(self, expected: [(&'static str, usize); N]) {
        assert_eq!(self.0, expected.into());
    }
}

/// Returns the flags of a new app, at a number of seconds after 1970.
pub async fn flags_at(seconds: Option<i64>) -> (Flags, Timestamp) {
    let now = Timestamp::from_millis(1_000 * seconds.unwrap_or(1_514_764_800));
    let clock = ManualClock::at(&now.to_string());
    let app = App::builder().store(Memory::new()).clock(clock).detached().start().await.expect("an app starts");
    (app.flags().author("import"), now)
}

/// Returns the item with these conditions, by key, and this bucketer.
pub fn item(is_enabled: &Json, conditions: &Json, bucketer: &Json) -> flipper::Item {
    let conditions = conditions.as_array().into_iter().flatten().map(stored_condition);
    let meta =
        json!({ "created_date": 1_514_764_800, "conditions": conditions.collect::<Json>(), "bucketer": bucketer });
    let item = json!({ "feature_name": "FLAG", "is_enabled": is_enabled, "meta": meta });
    flipper::Item::from_json(&item.to_string()).expect("an item")
}

/// Returns a condition as Flipper stores it.
fn stored_condition(checks: &Json) -> Json {
    let checks = checks.as_object().expect("checks by key").iter().map(|(key, operand)| {
        let (variable, operator) = match *key.split("__").collect::<Vec<_>>() {
            [variable, operator] => (variable, Some(operator)),
            _ => (key.as_str(), None),
        };
        json!({ "variable": variable, "value": operand, "operator": operator })
    });
    json!({ "checks": checks.collect::<Json>() })
}

/// Returns keywords as attributes.
pub fn attributes(keywords: &Json) -> Attributes<'static> {
    let value = |json: &Json| match json {
        Json::String(text) => Value::from(text.clone()),
        Json::Bool(bool) => Value::from(*bool),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::from(integer),
            None => Value::from(number.as_f64().expect("a float")),
        },
        other => panic!("not a value: {other}"),
    };
    keywords.as_object().expect("keywords").iter().map(|(name, json)| (name.clone(), value(json))).collect()
}
