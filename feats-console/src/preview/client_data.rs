//! Client data as typed, and its merge with a version that was published in the meantime.

use feats::model::State;
use feats::{Error, Problem, Result};
use serde_json::{Map, Value as Json};

use crate::draft::three_way::merge_objects;

/// The path of client data in a state.
const PATH: &str = "flag.client_data";

/// Parses client data.
///
/// # Errors
/// The text is not JSON, or not an object.
pub(super) fn parse(text: &str) -> Result<Map<String, Json>> {
    let parsed = serde_json::from_str(text).map_err(|error| Problem::new(PATH, format!("not JSON: {error}")));
    let object = parsed.and_then(|json| match json {
        Json::Object(data) => Ok(data),
        _ => Err(Problem::new(PATH, "client data must be a JSON object")),
    });
    object.map_err(|problem| Error::invalid(vec![problem]))
}

/// Returns the client data of a state as text to be edited.
pub(crate) fn text(state: &State) -> String {
    state.flag.as_ref().map_or_else(|| "{}".to_owned(), |flag| pretty(&flag.client_data))
}

fn pretty(data: &Map<String, Json>) -> String {
    serde_json::to_string_pretty(data).unwrap_or_default()
}

/// My client data on a version that was published while I edited it.
#[derive(Debug)]
pub(crate) struct MergedClientData {
    /// The state that I saw.
    pub(crate) base: State,
    /// The state that I wanted.
    pub(crate) mine: State,
    /// The merged client data.
    pub(crate) text: String,
    /// The keys that both of us changed in different ways. The text has my values.
    pub(crate) conflicts: Vec<String>,
}

/// Applies my changes since `base` to theirs, key by key.
///
/// # Errors
/// The text is not a JSON object.
pub(crate) fn merge(base: State, theirs: &State, text: &str) -> Result<MergedClientData> {
    let mine = parse(text)?;
    let data = |state: &State| state.flag.as_ref().map(|flag| flag.client_data.clone()).unwrap_or_default();
    let mut merged = data(theirs);
    let conflicts = merge_objects([&data(&base), &mine], &mut merged);
    let mut wanted = base.clone();
    if let Some(flag) = &mut wanted.flag {
        flag.client_data = mine;
    }
    Ok(MergedClientData { base, mine: wanted, text: pretty(&merged), conflicts })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(data: &str) -> State {
        let flag = r#""enabled": true, "created_at": "2026-12-01T09:00:00Z", "created_by": "ada""#;
        format!(r#"{{"flag": {{{flag}, "client_data": {data}}}}}"#).parse().expect("a state")
    }

    fn merged(base: &str, theirs: &str, mine: &str) -> (Json, Vec<String>) {
        let merged = merge(state(base), &state(theirs), mine).expect("an object");
        (serde_json::from_str(&merged.text).expect("JSON"), merged.conflicts)
    }

    #[test]
    fn changes_of_different_keys_are_combined() {
        let (data, conflicts) =
            merged(r#"{"a": 1, "b": 1, "c": 1}"#, r#"{"a": 2, "b": 1, "d": 1}"#, r#"{"a": 1, "c": 1, "e": 1}"#);
        assert_eq!(data, serde_json::json!({ "a": 2, "d": 1, "e": 1 }));
        assert_eq!(conflicts, [""; 0]);
    }

    #[test]
    fn a_key_that_both_changed_is_mine_and_a_conflict() {
        let (data, conflicts) = merged(r#"{"a": 1, "b": 1}"#, r#"{"a": 2, "b": 2}"#, r#"{"a": 3}"#);
        assert_eq!(data, serde_json::json!({ "a": 3 }));
        assert_eq!(conflicts, ["a", "b"]);
        let (data, conflicts) = merged(r#"{"a": 1}"#, r#"{"a": 2}"#, r#"{"a": 2}"#);
        assert_eq!((data, conflicts.len()), (serde_json::json!({ "a": 2 }), 0), "the same change is not a conflict");
    }

    #[test]
    fn client_data_must_be_a_json_object() {
        for (text, expected) in [
            ("{\n  \"a\": 1,\n}", "flag.client_data: not JSON: trailing comma at line 3 column 1"),
            ("", "flag.client_data: not JSON: EOF while parsing a value at line 1 column 0"),
            ("[1]", "flag.client_data: client data must be a JSON object"),
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!(error.problems()[0].to_string(), expected);
        }
    }
}
