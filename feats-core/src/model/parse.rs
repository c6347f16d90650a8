//! Parsing of states from JSON. All problems are reported at once, each with its path.
//!
//! The types of a state do not derive `Deserialize`: a derived implementation stops at the first error, and reports its line, not
//! its path (`serde_path_to_error` adds the path, but stops as well). To correct a state, its author needs every problem, with
//! suggestions for mistyped names.

mod flag;
mod rollout;

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json};

use super::condition::{Condition, Operator, Predicate, Source};
use super::json::{self, StrictJson};
use super::limits;
use super::selector::Selector;
use super::state::{Override, Rule, State};
use super::value::Value;
use crate::error::{Error, ErrorKind, Problem, Problems, Result, quoted};
use crate::text::without_bom;

/// A parser that collects problems. An invalid part is replaced by a placeholder, so that parsing can continue.
#[derive(Default)]
struct Parser {
    problems: Problems,
}

type Object = Map<String, Json>;

impl State {
    /// Converts parsed JSON into a state.
    pub fn from_json(json: &Json) -> Self {
        let mut parser = Parser::default();
        let mut state = parser.state(json);
        state.problems = parser.problems.into_vec();
        state
    }
}

impl FromStr for State {
    type Err = Error;

    /// Parses JSON text, with or without a byte order mark. Fails only if the text is not valid JSON; see [`State::problems`].
    fn from_str(text: &str) -> Result<Self> {
        let json = json::from_slice(without_bom(text).as_bytes())
            .map_err(|error| Error::new(ErrorKind::Invalid, "the state is not valid JSON").with_source(error))?;
        Ok(Self::from_json(&json))
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let StrictJson(json) = StrictJson::deserialize(deserializer)?;
        Ok(Self::from_json(&json))
    }
}

impl Parser {
    fn problem(&mut self, path: &str, message: impl Into<String>) {
        self.problems.push(|| Problem::new(path, message));
    }

    fn state(&mut self, json: &Json) -> State {
        let Some(object) = self.object("", json, "a state") else { return State::default() };
        State {
            pinned: self.optional_text("pinned", object.get("pinned")),
            flag: present(object.get("flag")).and_then(|json| self.flag(json)),
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
        let placeholder = Selector::Static(String::new());
        let Some(object) = self.object(path, json, "a rule") else {
            return Rule::new("", Condition::always(), placeholder);
        };
        let name = self.text(&join(path, "name"), object.get("name"));
        let when = match present(object.get("when")) {
            Some(json) => self.condition(&join(path, "when"), json, 0),
            None => Condition::always(),
        };
        let select = match present(object.get("select")) {
            Some(json) => self.selector(&join(path, "select"), json),
            None => {
                self.problem(&join(path, "select"), "a rule needs a selector, for example {\"static\": \"acme\"}");
                placeholder
            }
        };
        Rule { name, when, select, unknown: rest(object, &["name", "when", "select"]) }
    }

    fn condition(&mut self, path: &str, json: &Json, depth: usize) -> Condition {
        let Some(object) = self.object(path, json, "a condition") else { return Condition::always() };
        if depth > limits::MAX_DEPTH {
            self.problem(path, format!("conditions can be nested at most {} levels deep", limits::MAX_DEPTH));
            return Condition::always();
        }
        let groups: Vec<&str> = ["all", "any", "not"].into_iter().filter(|key| object.contains_key(*key)).collect();
        let group = groups.first().copied().unwrap_or_default();
        let parts = |parser: &mut Self, key: &str| {
            let parse = |parser: &mut Self, path: &str, json: &Json| parser.condition(path, json, depth + 1);
            parser.required_list(&join(path, key), object.get(key).unwrap_or(&Json::Null), parse)
        };
        let condition = match groups.as_slice() {
            [] => return self.predicate(path, object),
            ["all"] => Condition::All { all: parts(self, "all") },
            ["any"] => Condition::Any { any: parts(self, "any") },
            ["not"] => {
                let part = self.condition(&join(path, "not"), object.get("not").unwrap_or(&Json::Null), depth + 1);
                Condition::Not { not: Box::new(part) }
            }
            _ => {
                self.problem(
                    path,
                    "a condition has only one of \"all\", \"any\" and \"not\"; nest one inside the other",
                );
                return Condition::always();
            }
        };
        for key in object.keys().filter(|key| *key != group) {
            let message =
                format!("unexpected field {} beside {}; put both into an \"all\"", quoted(key), quoted(group));
            self.problem(&join(path, key), message);
        }
        condition
    }

    fn predicate(&mut self, path: &str, object: &Object) -> Condition {
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
            0 => self.problem(path, "a condition needs an operator, for example \"in\": [\"CA\"]"),
            1 => {}
            _ => self.problem(path, "a condition has only one operator; combine two conditions with \"all\""),
        }
        let mut operator = Operator::In(Vec::new());
        for (key, json) in operators {
            let path = join(path, key);
            if !Operator::NAMES.contains(&key.as_str()) {
                let problem = || Problem::new(path, format!("unknown operator {}", quoted(key)));
                self.problems.push_with_suggestion(problem, key, Operator::NAMES);
            } else if let Some(parsed) = self.operator(&path, key, json) {
                operator = parsed;
            }
        }
        Condition::Predicate(Predicate { source, operator })
    }

    fn operator(&mut self, path: &str, name: &str, json: &Json) -> Option<Operator> {
        Some(match name {
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
        const NAMES: [&str; 4] = ["static", "rollout", "experiment", "gate"];
        let placeholder = Selector::Static(String::new());
        let Some(object) = self.object(path, json, "a selector") else { return placeholder };
        let mut fields = object.iter();
        let (Some((key, json)), None) = (fields.next(), fields.next()) else {
            self.problem(path, "a selector has exactly one field: \"static\", \"rollout\", \"experiment\" or \"gate\"");
            return placeholder;
        };
        let path = join(path, key);
        match key.as_str() {
            "static" => Selector::Static(self.text(&path, Some(json))),
            "rollout" => self.rollout(&path, json).map_or(placeholder, Selector::from),
            "experiment" => self.experiment(&path, json).map_or(placeholder, Selector::from),
            "gate" => self.gate(&path, json).map_or(placeholder, Selector::from),
            _ => {
                self.problems.push_with_suggestion(
                    || Problem::new(path, format!("unknown selector {}", quoted(key))),
                    key,
                    NAMES,
                );
                placeholder
            }
        }
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
            self.problem(path, format!("a value must be a string, a number or a bool, not {}", kind(json)));
            Value::Bool(false)
        })
    }

    fn list<T>(&mut self, path: &str, json: Option<&Json>, parse: impl FnMut(&mut Self, &str, &Json) -> T) -> Vec<T> {
        present(json).map_or_else(Vec::new, |json| self.required_list(path, json, parse))
    }

    /// Parses every item, so that the items after an invalid one keep their paths.
    fn required_list<T>(
        &mut self,
        path: &str,
        json: &Json,
        mut parse: impl FnMut(&mut Self, &str, &Json) -> T,
    ) -> Vec<T> {
        let Json::Array(items) = json else {
            self.problem(path, format!("expected a list, not {}", kind(json)));
            return Vec::new();
        };
        items.iter().enumerate().map(|(index, json)| parse(self, &format!("{path}[{index}]"), json)).collect()
    }

    fn object<'j>(&mut self, path: &str, json: &'j Json, name: &str) -> Option<&'j Object> {
        if let Json::Object(object) = json {
            return Some(object);
        }
        self.problem(path, format!("{name} must be an object, not {}", kind(json)));
        None
    }

    fn text(&mut self, path: &str, json: Option<&Json>) -> String {
        match present(json) {
            Some(Json::String(text)) => return text.clone(),
            Some(other) => self.problem(path, format!("expected a string, not {}", kind(other))),
            None => self.problem(path, "this field is required"),
        }
        String::new()
    }

    fn optional_text(&mut self, path: &str, json: Option<&Json>) -> Option<String> {
        present(json).map(|json| self.text(path, Some(json)))
    }

    /// Rejects unknown fields: inside `when` and `select`, ignoring a field could widen the audience.
    fn reject_others(&mut self, path: &str, object: &Object, known: &[&'static str]) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let problem = || Problem::new(join(path, key), format!("unknown field {}", quoted(key)));
            self.problems.push_with_suggestion(problem, key, known.iter().copied());
        }
    }
}

/// Treats `null` as absent.
fn present(json: Option<&Json>) -> Option<&Json> {
    json.filter(|json| !json.is_null())
}

fn rest(object: &Object, known: &[&str]) -> Object {
    let unknown = object.iter().filter(|(key, _)| !known.contains(&key.as_str()));
    unknown.map(|(key, json)| (key.clone(), json.clone())).collect()
}

/// The maximum length of a key that appears unquoted in a path, in bytes.
const MAX_UNQUOTED_KEY_BYTES: usize = 200;

/// Appends a key to a path: a plain word as it is; any other key quoted, shortened and in brackets.
pub fn join(path: &str, key: &str) -> String {
    let plain = (1..=MAX_UNQUOTED_KEY_BYTES).contains(&key.len())
        && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
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
