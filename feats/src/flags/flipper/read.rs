//! Reading of items: what Flipper accepts, and every problem of what it does not.

use feats_core::__private::join;
use indexmap::IndexMap;

use super::bucketer::{Bucketer, LinearRamp, Percentage};
use super::condition::{Check, Condition, make_key, parse_key};
use super::item::Item;
use super::operator::Symbol;
use crate::error::{Problem, Problems, Result};
use crate::flags::ordered_json::{Fields, Json, Object, decode};
use crate::text::quoted;

impl Item {
    /// Parses the JSON text of an item, as Flipper reads it. Of two checks of a condition with the same variable and operator, the last
    /// one counts. Keys that Flipper does not know are ignored.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid): the text is not JSON, has more than 4 MiB, or is not such an item. All problems are
    /// listed, each with its path, such as `meta.bucketer.percentage.value`.
    pub fn from_json(json: &str) -> Result<Self> {
        decode(json, item)
    }

    /// Reads an item from JSON that is parsed already.
    ///
    /// # Errors
    /// Those of [`from_json`](Self::from_json).
    #[cfg(feature = "thrift")]
    pub(in crate::flags) fn from_parsed(json: &Json) -> Result<Self> {
        let mut problems = Problems::default();
        match item(json, &mut problems).filter(|_| problems.is_empty()) {
            Some(item) => Ok(item),
            None => Err(crate::error::Error::invalid(problems.into_vec())),
        }
    }
}

fn item(json: &Json, problems: &mut Problems) -> Option<Item> {
    let fields = Fields::new(json, String::new(), problems)?;
    let name = fields.text("feature_name", problems);
    let is_enabled = fields.bool("is_enabled", problems);
    let meta = fields.fields("meta", problems)?;
    let created_date = meta.number("created_date", problems);
    let client_data = client_data(&meta, problems);
    let mut dropped_checks = Vec::new();
    let conditions = conditions(&meta, &mut dropped_checks, problems);
    let bucketer = match meta.optional("bucketer") {
        None => Some(Bucketer::NoOp),
        Some(bucketer) => read_bucketer(&Fields::new(bucketer, meta.path_of("bucketer"), problems)?, problems),
    };
    Some(Item {
        name: name?,
        is_enabled: is_enabled?,
        created_date: created_date?,
        client_data: client_data?,
        conditions: conditions?,
        bucketer: bucketer?,
        dropped_checks,
    })
}

/// Reads client data. Flipper replaces everything that is false in Python by an empty object.
fn client_data(meta: &Fields<'_>, problems: &mut Problems) -> Option<Object> {
    match meta.optional("client_data") {
        None => Some(Object::new()),
        Some(Json::Object(fields)) => Some(fields.clone()),
        Some(Json::List(items)) if items.is_empty() => Some(Object::new()),
        Some(other) => {
            let path = || meta.path_of("client_data");
            problems.push(|| Problem::new(path(), format!("this must be an object, not {}", other.kind())));
            None
        }
    }
}

fn conditions(meta: &Fields<'_>, dropped: &mut Vec<String>, problems: &mut Problems) -> Option<Vec<Condition>> {
    if meta.optional("conditions").is_none() {
        return Some(Vec::new());
    }
    let path = meta.path_of("conditions");
    let conditions = meta.list("conditions", problems)?.iter().enumerate();
    let conditions: Vec<Option<Condition>> =
        conditions.map(|(index, json)| condition(json, &format!("{path}[{index}]"), dropped, problems)).collect();
    conditions.into_iter().collect()
}

/// Reads a condition as Flipper does: it makes a key of each check and parses the keys again.
fn condition(json: &Json, path: &str, dropped: &mut Vec<String>, problems: &mut Problems) -> Option<Condition> {
    let Json::Object(variables) = json else {
        problems.push(|| Problem::new(path, format!("a condition must be an object, not {}", json.kind())));
        return None;
    };
    let mut keys: IndexMap<String, (&Json, String)> = IndexMap::new();
    for (variable, checks) in variables {
        let path = join(path, variable);
        let Json::List(checks) = checks else {
            problems.push(|| Problem::new(path, format!("this must be a list of checks, not {}", checks.kind())));
            continue;
        };
        for (index, check) in checks.iter().enumerate() {
            let path = format!("{path}[{index}]");
            if let Some((key, operand)) = stored_check(check, &path, problems)
                && let Some((_, before)) = keys.insert(key, (operand, path))
            {
                dropped.push(before);
            }
        }
    }
    let mut condition = Condition::default();
    for (key, (operand, path)) in keys {
        let (variable, name) = parse_key(&key);
        match Symbol::from_name(name) {
            Some(operator) => condition.push(variable, Check { operator, operand: operand.clone() }),
            None => {
                let name = name.unwrap_or_default();
                let path = || join(&path, "operator");
                let problem = || Problem::new(path(), format!("Flipper has no operator {}", quoted(name)));
                problems.push_with_known_names(problem, name, Symbol::names());
            }
        }
    }
    Some(condition)
}

/// Returns the key and the operand of a stored check.
fn stored_check<'a>(json: &'a Json, path: &str, problems: &mut Problems) -> Option<(String, &'a Json)> {
    let fields = Fields::new(json, path.to_owned(), problems)?;
    let variable = fields.text("variable", problems);
    let operand = fields.required("value", problems);
    let operator = match fields.required("operator", problems)? {
        Json::Null => None,
        Json::Text(operator) => Some(operator.as_str()),
        other => {
            let message = format!("this must be a string or null, not {}", other.kind());
            problems.push(|| Problem::new(fields.path_of("operator"), message));
            return None;
        }
    };
    Some((make_key(&variable?, operator), operand?))
}

fn read_bucketer(fields: &Fields<'_>, problems: &mut Problems) -> Option<Bucketer> {
    let kind = fields.text("type", problems)?;
    match kind.as_str() {
        Bucketer::NO_OP => Some(Bucketer::NoOp),
        Bucketer::RANDOM => percentage(fields, problems).map(Bucketer::Random),
        Bucketer::CONSISTENT => {
            let (percentage, keys) = (percentage(fields, problems), keys(fields, problems));
            Some(Bucketer::Consistent { percentage: percentage?, keys: keys? })
        }
        unknown => {
            let problem = || Problem::new(fields.path_of("type"), format!("unknown bucketer {}", quoted(unknown)));
            let known = [Bucketer::CONSISTENT, Bucketer::RANDOM, Bucketer::NO_OP];
            problems.push_with_known_names(problem, unknown, known);
            None
        }
    }
}

/// Reads the keys of a bucketer, each once: Flipper keeps them in a set.
fn keys(fields: &Fields<'_>, problems: &mut Problems) -> Option<Vec<String>> {
    if fields.optional("key_whitelist").is_none() {
        return Some(Vec::new());
    }
    let path = fields.path_of("key_whitelist");
    let mut keys = indexmap::IndexSet::new();
    for (index, key) in fields.list("key_whitelist", problems)?.iter().enumerate() {
        match key {
            Json::Text(key) => drop(keys.insert(key.clone())),
            other => problems.push(|| {
                Problem::new(format!("{path}[{index}]"), format!("a key must be a string, not {}", other.kind()))
            }),
        }
    }
    Some(keys.into_iter().collect())
}

fn percentage(fields: &Fields<'_>, problems: &mut Problems) -> Option<Percentage> {
    let Some(json) = fields.optional("percentage") else { return Some(Percentage::Fixed(1.0.into())) };
    let fields = Fields::new(json, fields.path_of("percentage"), problems)?;
    let kind = fields.text("type", problems)?;
    match kind.as_str() {
        Percentage::FIXED => fields.number("value", problems).map(Percentage::Fixed),
        Percentage::RAMP => {
            let initial = fields.number_or("initial_value", 0.0, problems);
            let last = fields.number_or("final_value", 1.0, problems);
            let duration = fields.number_or("ramp_duration", 3_600_i64, problems);
            let start = match fields.optional("initial_time") {
                None => None,
                Some(_) => Some(fields.number("initial_time", problems)?),
            };
            Some(Percentage::Ramp(LinearRamp { initial: initial?, last: last?, duration: duration?, start }))
        }
        unknown => {
            let problem = || Problem::new(fields.path_of("type"), format!("unknown percentage {}", quoted(unknown)));
            problems.push_with_known_names(problem, unknown, [Percentage::FIXED, Percentage::RAMP]);
            None
        }
    }
}
