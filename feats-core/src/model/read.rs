//! Reading a state from JSON: all problems at once, each with its path.
//!
//! The states' types do not derive `Deserialize`: a derived reader stops at the first error and knows its line, not its path
//! (`serde_path_to_error` adds the path, and stops as well). Who corrects a state wants every problem of it, with the name that
//! was probably meant.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json};

use super::condition::{Condition, Operator, Predicate, Source};
use super::experiment::{Experiment, Reassigned, ReassignedKind, everyone};
use super::json::{self, StrictJson};
use super::limits;
use super::percent::{Percent, Weights};
use super::rollout::{Ramp, RampFrom, Rollout, SlotRange};
use super::selector::Selector;
use super::state::{Override, Rule, State};
use super::value::Value;
use crate::error::{Error, ErrorKind, Problem, Problems, Result, quoted};
use crate::text::without_bom;

/// Collects problems while it reads. Whatever is wrong is replaced by something harmless, so that reading goes on.
#[derive(Default)]
struct Reader {
    problems: Problems,
}

type Object = Map<String, Json>;

impl State {
    /// Reads a state from JSON that was parsed already.
    pub fn from_json(json: &Json) -> Self {
        let mut reader = Reader::default();
        let mut state = reader.state(json);
        state.problems = reader.problems.into_vec();
        state
    }
}

impl FromStr for State {
    type Err = Error;

    /// Reads JSON text, with or without a byte order mark before it. Only what is no JSON object at all fails here; see [`State::problems`].
    fn from_str(text: &str) -> Result<Self> {
        let json = json::from_slice(without_bom(text).as_bytes()).map_err(|error| {
            Error::new(ErrorKind::Invalid, "this is no JSON that a state can be read from").with_source(error)
        })?;
        Ok(Self::from_json(&json))
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let StrictJson(json) = StrictJson::deserialize(deserializer)?;
        Ok(Self::from_json(&json))
    }
}

impl Reader {
    fn problem(&mut self, path: &str, message: impl Into<String>) {
        self.problems.push(|| Problem::new(path, message));
    }

    fn state(&mut self, json: &Json) -> State {
        let Some(object) = self.object("", json, "a state") else { return State::default() };
        State {
            pinned: self.optional_text("pinned", object.get("pinned")),
            overrides: self.list("overrides", object.get("overrides"), Self::unit_override),
            rules: self.list("rules", object.get("rules"), Self::rule),
            otherwise: present(object.get("otherwise")).map(|json| self.selector("otherwise", json)),
            values: self.values(object.get("values")),
            unknown: rest(object, &State::KEYS),
            problems: Vec::new(),
        }
    }

    fn values(&mut self, json: Option<&Json>) -> BTreeMap<String, Json> {
        let Some(json) = present(json) else { return BTreeMap::new() };
        let Some(object) = self.object("values", json, "values by name") else { return BTreeMap::new() };
        object.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn unit_override(&mut self, path: &str, json: &Json) -> Override {
        let Some(object) = self.object(path, json, "an override") else { return Override::new("", [], "") };
        Override {
            segment: self.text(&join(path, "segment"), object.get("segment")),
            input: self.optional_text(&join(path, "input"), object.get("input")),
            values: self.list(&join(path, "values"), object.get("values"), Self::value),
            choice: self.text(&join(path, "use"), object.get("use")),
            unknown: rest(object, &["segment", "input", "values", "use"]),
        }
    }

    fn rule(&mut self, path: &str, json: &Json) -> Rule {
        let nothing = Selector::Static(String::new());
        let Some(object) = self.object(path, json, "a rule") else {
            return Rule::new("", Condition::always(), nothing);
        };
        let name = self.text(&join(path, "name"), object.get("name"));
        let when = match present(object.get("when")) {
            Some(json) => self.condition(&join(path, "when"), json, 0),
            None => Condition::always(),
        };
        let select = match present(object.get("select")) {
            Some(json) => self.selector(&join(path, "select"), json),
            None => {
                self.problem(&join(path, "select"), "a rule says how to choose, for example {\"static\": \"acme\"}");
                nothing
            }
        };
        Rule { name, when, select, unknown: rest(object, &["name", "when", "select"]) }
    }

    fn condition(&mut self, path: &str, json: &Json, depth: usize) -> Condition {
        let Some(object) = self.object(path, json, "a condition") else { return Condition::always() };
        if depth > limits::MAX_DEPTH {
            self.problem(path, format!("conditions nest at most {} levels deep", limits::MAX_DEPTH));
            return Condition::always();
        }
        let groups: Vec<&str> = ["all", "any", "not"].into_iter().filter(|key| object.contains_key(*key)).collect();
        let group = groups.first().copied().unwrap_or_default();
        let parts = |reader: &mut Self, key: &str| {
            let read = |reader: &mut Self, path: &str, json: &Json| reader.condition(path, json, depth + 1);
            reader.required_list(&join(path, key), object.get(key).unwrap_or(&Json::Null), read)
        };
        let condition = match groups.as_slice() {
            [] => return self.check(path, object),
            ["all"] => Condition::All { all: parts(self, "all") },
            ["any"] => Condition::Any { any: parts(self, "any") },
            ["not"] => {
                let part = self.condition(&join(path, "not"), object.get("not").unwrap_or(&Json::Null), depth + 1);
                Condition::Not { not: Box::new(part) }
            }
            _ => {
                self.problem(path, "a condition is one of \"all\", \"any\" and \"not\"; put one inside another");
                return Condition::always();
            }
        };
        for key in object.keys().filter(|key| *key != group) {
            let message =
                format!("no field {} belongs beside {}; put both into an \"all\"", quoted(key), quoted(group));
            self.problem(&join(path, key), message);
        }
        condition
    }

    fn check(&mut self, path: &str, object: &Object) -> Condition {
        let source = if object.contains_key("attribute") && !object.contains_key("segment") {
            Source::Attribute { attribute: self.text(&join(path, "attribute"), object.get("attribute")) }
        } else {
            let segment = self.text(&join(path, "segment"), object.get("segment"));
            Source::Segment { segment, input: self.optional_text(&join(path, "input"), object.get("input")) }
        };
        let sources: &[&str] = match source {
            Source::Segment { .. } => &["segment", "input"],
            Source::Attribute { .. } => &["attribute"],
        };
        let operators: Vec<_> = object.iter().filter(|(key, _)| !sources.contains(&key.as_str())).collect();
        match operators.len() {
            0 => self.problem(path, "a check needs an operator, for example \"in\": [\"CA\"]"),
            1 => {}
            _ => self.problem(path, "a check has one operator; put two checks into an \"all\""),
        }
        let mut test = Operator::In(Vec::new());
        for (key, json) in operators {
            let path = join(path, key);
            if !Operator::NAMES.contains(&key.as_str()) {
                let problem = || Problem::new(path, format!("no operator {}", quoted(key)));
                self.problems.push_meaning(problem, key, Operator::NAMES);
            } else if let Some(read) = self.test(&path, key, json) {
                test = read;
            }
        }
        Condition::Predicate(Predicate { source, operator: test })
    }

    fn test(&mut self, path: &str, operator: &str, json: &Json) -> Option<Operator> {
        Some(match operator {
            "in" => Operator::In(self.required_list(path, json, Self::value)),
            "not_in" => Operator::NotIn(self.required_list(path, json, Self::value)),
            "eq" => Operator::Eq(self.value(path, json)),
            "ne" => Operator::Ne(self.value(path, json)),
            "gt" => Operator::Gt(self.value(path, json)),
            "gte" => Operator::Gte(self.value(path, json)),
            "lt" => Operator::Lt(self.value(path, json)),
            "lte" => Operator::Lte(self.value(path, json)),
            "starts_with" => Operator::StartsWith(self.text(path, Some(json))),
            "ends_with" => Operator::EndsWith(self.text(path, Some(json))),
            "contains" => Operator::Contains(self.text(path, Some(json))),
            "matches" => Operator::Matches(self.text(path, Some(json))),
            "semver" => Operator::Semver(self.text(path, Some(json))),
            "before" => Operator::Before(self.text(path, Some(json))),
            "after" => Operator::After(self.text(path, Some(json))),
            _ => return None,
        })
    }

    fn selector(&mut self, path: &str, json: &Json) -> Selector {
        const NAMES: [&str; 3] = ["static", "rollout", "experiment"];
        let nothing = Selector::Static(String::new());
        let Some(object) = self.object(path, json, "a selector") else { return nothing };
        let mut fields = object.iter();
        let (Some((key, json)), None) = (fields.next(), fields.next()) else {
            self.problem(path, "a selector has one field: \"static\", \"rollout\" or \"experiment\"");
            return nothing;
        };
        let path = join(path, key);
        match key.as_str() {
            "static" => Selector::Static(self.text(&path, Some(json))),
            "rollout" => self.rollout(&path, json).map_or(nothing, Selector::from),
            "experiment" => self.experiment(&path, json).map_or(nothing, Selector::from),
            _ => {
                self.problems.push_meaning(|| Problem::new(path, format!("no selector {}", quoted(key))), key, NAMES);
                nothing
            }
        }
    }

    fn rollout(&mut self, path: &str, json: &Json) -> Option<Rollout> {
        let object = self.object(path, json, "a rollout")?;
        let mut rollout = self.rollout_fields(path, object);
        rollout.ramp = present(object.get("ramp")).and_then(|json| self.ramp(&join(path, "ramp"), json));
        self.refuse_others(path, object, &["by", "input", "seed", "weights", "slots", "ramp"]);
        Some(rollout)
    }

    fn experiment(&mut self, path: &str, json: &Json) -> Option<Experiment> {
        let object = self.object(path, json, "an experiment")?;
        let rollout = self.rollout_fields(path, object);
        let share = present(object.get("share")).map_or_else(everyone, |json| self.weight(&join(path, "share"), json));
        let reassigned = self.list(&join(path, "reassigned"), object.get("reassigned"), Self::reassigned);
        self.refuse_others(path, object, &["by", "input", "seed", "weights", "share", "slots", "reassigned"]);
        Some(Experiment { rollout, share, reassigned: reassigned })
    }

    /// What rollouts and experiments have in common.
    fn rollout_fields(&mut self, path: &str, object: &Object) -> Rollout {
        Rollout {
            by: self.text(&join(path, "by"), object.get("by")),
            input: self.optional_text(&join(path, "input"), object.get("input")),
            seed: self.optional_text(&join(path, "seed"), object.get("seed")),
            weights: self.weights(&join(path, "weights"), object.get("weights")),
            slots: self.list(&join(path, "slots"), object.get("slots"), Self::run),
            ramp: None,
        }
    }

    fn ramp(&mut self, path: &str, json: &Json) -> Option<Ramp> {
        let object = self.object(path, json, "a ramp")?;
        let from = present(object.get("from")).map(|json| match json {
            Json::Object(_) => RampFrom::Weights(self.weights(&join(path, "from"), Some(json))),
            _ => RampFrom::Slots(self.list(&join(path, "from"), Some(json), Self::run)),
        });
        let ramp = Ramp {
            start: self.optional_text(&join(path, "start"), object.get("start")).unwrap_or_default(),
            duration: self.text(&join(path, "duration"), object.get("duration")),
            from,
        };
        self.refuse_others(path, object, &["start", "duration", "from"]);
        Some(ramp)
    }

    fn weights(&mut self, path: &str, json: Option<&Json>) -> Weights {
        let Some(Json::Object(object)) = json else {
            self.problem(path, "weights are an object of percentages, for example {\"acme\": 95, \"aperture\": 5}");
            return Weights::new();
        };
        let weights = object.iter().map(|(name, json)| (name.clone(), self.weight(&join(path, name), json)));
        weights.collect()
    }

    fn weight(&mut self, path: &str, json: &Json) -> Percent {
        Percent(json.as_f64().unwrap_or_else(|| {
            self.problem(path, "a weight is a number of percent");
            0.0
        }))
    }

    fn reassigned(&mut self, path: &str, json: &Json) -> Reassigned {
        if let Json::Array(items) = json
            && let [Json::String(touch), first, count] = items.as_slice()
            && let (Some(first), Some(count)) = (first.as_u64(), count.as_u64())
            && let (Ok(first), Ok(count)) = (u32::try_from(first), u32::try_from(count))
            && let Some(touch) = ReassignedKind::named(touch)
        {
            return Reassigned::new(touch, first, count);
        }
        self.problem(path, "what is reassigned is [\"slot\" or \"entry\", the first one, how many]");
        Reassigned::new(ReassignedKind::Slot, 0, 0)
    }

    fn run(&mut self, path: &str, json: &Json) -> SlotRange {
        if let Json::Array(items) = json
            && let [Json::String(name), length, since] = items.as_slice()
            && let (Some(length), Some(since)) = (length.as_u64(), since.as_u64())
            && let Ok(length) = u32::try_from(length)
        {
            return SlotRange::new(name.clone(), length, since);
        }
        self.problem(path, "a run of slots is [implementation, how many, since which version]");
        SlotRange::new(String::new(), 0, 0)
    }

    fn value(&mut self, path: &str, json: &Json) -> Value<'static> {
        let value = match json {
            Json::String(text) => Some(Value::from(text.clone())),
            Json::Bool(bool) => Some(Value::from(*bool)),
            Json::Number(number) => {
                let signed = number.as_i64().map(Value::from);
                signed.or_else(|| number.as_u64().map(Value::from)).or_else(|| number.as_f64().map(Value::from))
            }
            _ => None,
        };
        value.unwrap_or_else(|| {
            self.problem(path, format!("a value is a string, a number or a bool, not {}", kind(json)));
            Value::Bool(false)
        })
    }

    fn list<T>(&mut self, path: &str, json: Option<&Json>, read: impl FnMut(&mut Self, &str, &Json) -> T) -> Vec<T> {
        present(json).map_or_else(Vec::new, |json| self.required_list(path, json, read))
    }

    /// Every item has its place, so that the ones after one that cannot be read keep their paths.
    fn required_list<T>(
        &mut self,
        path: &str,
        json: &Json,
        mut read: impl FnMut(&mut Self, &str, &Json) -> T,
    ) -> Vec<T> {
        let Json::Array(items) = json else {
            self.problem(path, format!("this is a list, not {}", kind(json)));
            return Vec::new();
        };
        items.iter().enumerate().map(|(at, json)| read(self, &format!("{path}[{at}]"), json)).collect()
    }

    fn object<'j>(&mut self, path: &str, json: &'j Json, what: &str) -> Option<&'j Object> {
        if let Json::Object(object) = json {
            return Some(object);
        }
        self.problem(path, format!("{what} is an object, not {}", kind(json)));
        None
    }

    fn text(&mut self, path: &str, json: Option<&Json>) -> String {
        match present(json) {
            Some(Json::String(text)) => return text.clone(),
            Some(other) => self.problem(path, format!("this is a string, not {}", kind(other))),
            None => self.problem(path, "this is missing"),
        }
        String::new()
    }

    fn optional_text(&mut self, path: &str, json: Option<&Json>) -> Option<String> {
        present(json).map(|json| self.text(path, Some(json)))
    }

    /// Inside `when` and `select`, ignoring a field could widen an audience.
    fn refuse_others(&mut self, path: &str, object: &Object, known: &[&'static str]) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let problem = || Problem::new(join(path, key), format!("no field {}", quoted(key)));
            self.problems.push_meaning(problem, key, known.iter().copied());
        }
    }
}

/// `null` means the same as nothing.
fn present(json: Option<&Json>) -> Option<&Json> {
    json.filter(|json| !json.is_null())
}

fn rest(object: &Object, known: &[&str]) -> Object {
    let unknown = object.iter().filter(|(key, _)| !known.contains(&key.as_str()));
    unknown.map(|(key, json)| (key.clone(), json.clone())).collect()
}

/// The longest key, in bytes, that stands in a path as it is.
const MAX_PLAIN_KEY: usize = 200;

/// A key of a path: as it is where it is a plain word, else quoted, cut and in brackets.
pub fn join(path: &str, key: &str) -> String {
    let plain =
        (1..=MAX_PLAIN_KEY).contains(&key.len()) && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    match (path, plain) {
        ("", true) => key.to_owned(),
        (_, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[{}]", quoted(key)),
    }
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a bool",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
