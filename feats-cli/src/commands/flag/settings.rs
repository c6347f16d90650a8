//! Settings of flags as typed: conditions and JSON.

use feats::Problem;
use feats::flags::{Condition, MissingAttribute};
use feats::model::StrictJson;
use feats::text::{quoted, without_bom};
use serde_json::Value as Json;

use crate::args::Missing;
use crate::condition::{self, Vocabulary};
use crate::values;

/// Parses conditions. Reports the invalid ones, and leaves them out.
pub(super) fn conditions(
    path: &str,
    texts: &[String],
    vocabulary: &Vocabulary<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Condition> {
    let parse = |text: &String| condition::parse(path, text, vocabulary).map_err(|problem| problems.push(problem)).ok();
    texts.iter().filter_map(parse).map(|condition| Condition::new().and(condition)).collect()
}

pub(super) fn missing_attribute(missing: Missing) -> MissingAttribute {
    match missing {
        Missing::Skip => MissingAttribute::Skip,
        Missing::Fail => MissingAttribute::Fail,
    }
}

/// Parses JSON. No object may have a key twice.
pub(super) fn json(path: &str, text: &str) -> Result<Json, Problem> {
    serde_json::from_str(without_bom(text)).map(|StrictJson(json)| json).map_err(|error| {
        let is_plain = text.chars().all(|c| c.is_alphanumeric() || "_-#. ".contains(c)) && !text.trim().is_empty();
        let advice = if is_plain { format!("; write text as '{}'", values::with_quotes(text)) } else { String::new() };
        Problem::new(path, format!("{} is not valid JSON: {error}{advice}", quoted(text)))
    })
}
