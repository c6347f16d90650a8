//! Documents: the states of features as JSON or YAML, for version control, review and import.
//!
//! ```json
//! { "format": 1, "features": { "PaymentProcessor": { "version": 3, "state": { "rules": [] } } } }
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use feats::model::StrictJson;
use feats::text::without_bom;
use feats::{Error, ErrorKind, Problem, Problems, State};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::failure::{Failure, Result};
use crate::output::json_text;
use crate::yaml::{self, Isolated};

/// The version of the document format.
pub(crate) const FORMAT: u64 = 1;

/// The maximum size of a document, in bytes.
const MAX_BYTES: u64 = feats::model::limits::MAX_DOCUMENT_BYTES as u64;

/// The maximum depth of JSON, which `serde_json` enforces.
const MAX_JSON_DEPTH: usize = 127;

/// The maximum depth of YAML: enough for the deepest condition in a document. The YAML parser needs more stack than the
/// JSON parser.
const MAX_YAML_DEPTH: usize = 80;

/// States of features.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    pub(crate) format: u64,
    pub(crate) features: BTreeMap<String, Exported>,
}

/// The exported state of a feature.
#[derive(Debug, Serialize)]
pub(crate) struct Exported {
    /// The version at the time of the export, for people. An import does not read it.
    pub(crate) version: u64,
    /// The state as published.
    pub(crate) state: Json,
}

/// A [`Document`] for the YAML serializer.
#[derive(Serialize)]
struct YamlDocument<'d> {
    format: u64,
    features: BTreeMap<&'d str, Yaml<'d>>,
}

#[derive(Serialize)]
struct Yaml<'d> {
    version: u64,
    state: Isolated<'d>,
}

impl Document {
    pub(crate) fn to_json(&self) -> String {
        json_text(&serde_json::to_value(self).unwrap_or_default())
    }

    pub(crate) fn to_yaml(&self) -> Result<String> {
        let failed = |error| {
            Error::new(ErrorKind::Unsupported, "the document cannot be written as YAML; export it as JSON")
                .with_source(error)
        };
        let features = self.features.iter().map(|(name, exported)| {
            let Exported { version, state } = exported;
            (name.as_str(), Yaml { version: *version, state: Isolated(state) })
        });
        let document = YamlDocument { format: self.format, features: features.collect() };
        yaml::to_string(&document).map_err(|error| failed(error).into())
    }
}

/// Reads JSON or YAML from a file, or from standard input for `-`. Fails before parsing if the size exceeds the limit.
pub(crate) fn read(file: &str) -> Result<Json> {
    let with_path = |error: Error| if file == "-" { error } else { error.with_path(file) };
    let text = read_text(file, MAX_BYTES).map_err(with_path)?;
    let text = without_bom(&text);
    let has_extension = |extensions: &[&str]| {
        let extension = Path::new(file).extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| extensions.iter().any(|known| extension.eq_ignore_ascii_case(known)))
    };
    let looks_like_json = !has_extension(&["yaml", "yml"]) && text.trim_start().starts_with('{');
    let json = if has_extension(&["json"]) || looks_like_json { from_json(text) } else { from_yaml(text) };
    json.map_err(|error| with_path(error).into())
}

/// Returns the states in a document. If `json` is a single state, it is that of the given feature.
pub(crate) fn states(json: Json, feature: Option<&str>) -> Result<Vec<(String, State)>> {
    let is_document = json.get("features").is_some() || json.get("format").is_some();
    match (json, feature) {
        (Json::Object(fields), _) if is_document => {
            let mut problems = Problems::default();
            let mut states = document(fields, &mut problems);
            if let Some(feature) = feature {
                let others = states.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
                states.retain(|(name, _)| name == feature);
                if states.is_empty() {
                    let problem = || Problem::new("features", format!("no feature {feature:?} in this document"));
                    problems.push_with_suggestion(problem, feature, others.iter().map(String::as_str));
                }
            }
            if problems.is_empty() { Ok(states) } else { Err(Error::invalid(problems.into_vec()).into()) }
        }
        (json, Some(feature)) => Ok(vec![(feature.to_owned(), State::from_json(&json))]),
        (_, None) => {
            let problem = Problem::new("features", "required field field is required");
            Err(Failure::problem(problem).hint("to import a single state, name its feature with --feature"))
        }
    }
}

fn document(fields: Map<String, Json>, problems: &mut Problems) -> Vec<(String, State)> {
    const FIELDS: [&str; 2] = ["format", "features"];
    let mut states = Vec::new();
    for (key, json) in fields {
        match (key.as_str(), json) {
            ("format", json) if json.as_u64() == Some(FORMAT) => {}
            ("format", json) => {
                problems.push(|| {
                    Problem::new(
                        "format",
                        format!("unsupported format {json}; this version of feats reads format {FORMAT}"),
                    )
                });
            }
            ("features", Json::Object(features)) => {
                for (name, json) in features {
                    states.extend(exported(&name, json, problems).map(|state| (name, state)));
                }
            }
            ("features", _) => problems.push(|| Problem::new("features", "expected an object of states by feature")),
            (other, _) => {
                problems.push_with_suggestion(
                    || Problem::new(other, format!("unknown field {other:?}")),
                    other,
                    FIELDS,
                );
            }
        }
    }
    states
}

fn exported(name: &str, json: Json, problems: &mut Problems) -> Option<State> {
    let path = path(name);
    let Json::Object(mut fields) = json else {
        problems.push(|| Problem::new(path, "expected an object with a state"));
        return None;
    };
    let state = fields.remove("state");
    fields.remove("version");
    for other in fields.keys() {
        let problem = || Problem::new(format!("{path}.{other}"), format!("unknown field {other:?}"));
        problems.push_with_suggestion(problem, other, ["version", "state"]);
    }
    if state.is_none() {
        problems.push(|| Problem::new(format!("{path}.state"), "required field field is required"));
    }
    Some(State::from_json(&state?))
}

/// Returns the path of a feature in a document.
pub(crate) fn path(feature: &str) -> String {
    let plain = feature.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    if plain { format!("features.{feature}") } else { format!("features[{feature:?}]") }
}

/// Reads a file, or standard input for `-`, of at most `limit` bytes.
pub(crate) fn read_text(file: &str, limit: u64) -> Result<String, Error> {
    let unreadable = |error: io::Error| Error::new(ErrorKind::Invalid, "the file cannot be read").with_source(error);
    let too_large =
        || Error::new(ErrorKind::TooLarge, format!("the document is larger than {} MiB and was not read", limit >> 20));
    let mut bytes = Vec::new();
    let mut limited: Box<dyn Read> = if file == "-" {
        Box::new(io::stdin().take(limit + 1))
    } else {
        let opened = File::open(file).map_err(unreadable)?;
        if opened.metadata().is_ok_and(|metadata| metadata.len() > limit) {
            return Err(too_large());
        }
        Box::new(opened.take(limit + 1))
    };
    limited.read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
        return Err(too_large());
    }
    String::from_utf8(bytes)
        .map_err(|error| Error::new(ErrorKind::Invalid, "the file is not valid UTF-8").with_source(error))
}

fn from_json(text: &str) -> Result<Json, Error> {
    let read = serde_json::from_str::<StrictJson>(text).map(|strict| strict.0);
    read.map_err(|error| {
        let message = match error.to_string().contains("recursion limit") {
            true => format!("the JSON is nested more than {MAX_JSON_DEPTH} levels deep"),
            false => "the document is not valid JSON".to_owned(),
        };
        Error::new(ErrorKind::Invalid, message).with_source(error)
    })
}

/// Parses YAML as strictly as JSON: duplicate keys and `.nan` are errors, and `NO` is text.
pub(crate) fn from_yaml(text: &str) -> Result<Json, Error> {
    // The size of the text is limited already, so these budgets admit any text of that size.
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_depth: MAX_YAML_DEPTH, max_nodes: 1 << 24, max_events: 1 << 25 },
        strict_booleans: true,
        with_snippet: false,
    };
    let read = serde_saphyr::from_str_with_options::<StrictJson>(text, options).map(|strict| strict.0);
    read.map_err(|error| Error::new(ErrorKind::Invalid, "the document is not valid YAML").with_source(error))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn yaml_is_read_as_strictly_as_json() {
        assert_eq!(
            from_yaml("a: NO\nb: [1, 2.5, true, ~]\nc: {d: '1'}").expect("yaml"),
            json!({
                "a": "NO", "b": [1, 2.5, true, null], "c": { "d": "1" },
            })
        );
        for text in ["a: 1\na: 2", "a: .nan", "a: 1\n---\na: 2", "a: [1", &"[".repeat(10_000), &"- ".repeat(10_000)] {
            let error = from_yaml(text).expect_err(text);
            assert_eq!(error.kind(), ErrorKind::Invalid);
        }
    }

    #[test]
    fn json_errors_describe_the_mistake() {
        let deep = "[".repeat(10_000);
        for (text, expected) in [
            (r#"{"a": 1, "a": 2}"#, "duplicate key \"a\""),
            (deep.as_str(), "more than 127 levels"),
            ("{", "the document is not valid JSON"),
        ] {
            let error = from_json(text).expect_err(expected);
            assert!(error.report().to_string().contains(expected), "{}", error.report());
        }
    }

    #[test]
    fn a_document_is_checked_before_its_states() {
        let json = json!({
            "format": 2,
            "feature": {},
            "features": { "a b": { "stat": {} }, "c": 1, "d": { "version": 1, "state": {} } },
        });
        let failure = states(json, None).expect_err("problems").to_json();
        let paths: Vec<_> =
            failure["error"]["problems"].as_array().expect("a list").iter().map(|problem| &problem["path"]).collect();
        assert_eq!(paths, ["feature", "features[\"a b\"].stat", "features[\"a b\"].state", "features.c", "format"]);
        assert_eq!(states(json!({ "rules": [] }), Some("c")).expect("a state").len(), 1);
        assert!(states(json!({ "rules": [] }), None).is_err());
    }
}
