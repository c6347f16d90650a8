//! Descriptions of the parts of a state.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::condition::{condition, list, segment};
use super::rich_text::RichText;
use super::selector::selector;

use crate::model::{Override, Rule, Selector, State, Timestamp};
use crate::text::quoted;

/// The maximum number of characters of a value's JSON in a description.
const MAX_EXCERPT_CHARACTERS: usize = 100;

/// A part of a state, as JSON and with a description.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DescribedPart {
    /// The key that identifies the part in the state: `pinned`, `rule US canary`.
    pub part: String,
    /// The description of the part.
    pub text: RichText,
    /// The part of the state.
    pub json: Json,
}

/// Describes all parts of a state at an instant, in the order of decision.
///
/// ```
/// use feats::{State, Timestamp, describe};
/// let state: State = r#"{"rules": [{"name": "Canada", "when": {"segment": "Country", "in": ["CA"]},
///                                   "select": {"static": "premium"}}]}"#.parse()?;
/// let parts = describe::parts(&state, Timestamp::from(std::time::SystemTime::now()));
/// assert_eq!(parts[0].text.to_string(), "Canada: if Country is CA, serve premium.");
/// # Ok::<(), feats::Error>(())
/// ```
pub fn parts(state: &State, now: Timestamp) -> Vec<DescribedPart> {
    part_refs(state).into_iter().map(|(key, part)| part.describe(key, now)).collect()
}

/// A part of a state without a description.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum PartRef<'s> {
    Pinned(&'s str),
    Flag { enabled: bool, archived: bool },
    ClientData(&'s str, &'s Json),
    Override(&'s Override),
    Rule(&'s Rule),
    Otherwise(&'s Selector),
    Value(&'s str, &'s Json),
}

impl PartRef<'_> {
    pub(super) fn describe(self, part: String, now: Timestamp) -> DescribedPart {
        let (text, json) = match self {
            PartRef::Pinned(name) => (pinned(name), json!(name)),
            PartRef::Flag { enabled, archived } => {
                (RichText::from(flag(enabled, archived)), json!({ "enabled": enabled, "archived": archived }))
            }
            PartRef::ClientData(key, value) => {
                let text = RichText::from(format!("Client data {}: {}.", quoted(key), excerpt(value)));
                (text, value.clone())
            }
            PartRef::Override(known) => (unit_override(known), json!(known)),
            PartRef::Rule(known) => (rule(known, now), json!(known)),
            PartRef::Otherwise(otherwise) => {
                let text = RichText::from("Everyone else: ").then(selector(otherwise, now)).text(".");
                (text, json!(otherwise))
            }
            PartRef::Value(name, value) => {
                let text = RichText::from("Value ").choice(name).text(": ").text(excerpt(value)).text(".");
                (text, value.clone())
            }
        };
        DescribedPart { part, text, json }
    }
}

/// Returns the JSON of a value, shortened if it is long.
fn excerpt(value: &Json) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_EXCERPT_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Returns all parts with their keys, in the order of decision.
pub(super) fn part_refs(state: &State) -> Vec<(String, PartRef<'_>)> {
    let mut parts = Vec::new();
    let mut named: HashMap<String, usize> = HashMap::new();
    let mut add = |name: String, part| {
        let count = named.entry(name.clone()).or_default();
        *count += 1;
        parts.push((if *count == 1 { name } else { format!("{name} ({count})") }, part));
    };
    if let Some(name) = &state.pinned {
        add("pinned".to_owned(), PartRef::Pinned(name));
    }
    if let Some(known) = &state.flag {
        add("flag".to_owned(), PartRef::Flag { enabled: known.enabled, archived: known.archived });
        for (key, value) in &known.client_data {
            add(format!("client data {key}"), PartRef::ClientData(key, value));
        }
    }
    for known in &state.overrides {
        let name = format!("override {} {}", segment(&known.segment, known.input.as_deref()), known.choice);
        add(name, PartRef::Override(known));
    }
    for known in &state.rules {
        add(format!("rule {}", known.name), PartRef::Rule(known));
    }
    if let Some(otherwise) = &state.otherwise {
        add("otherwise".to_owned(), PartRef::Otherwise(otherwise));
    }
    for (name, value) in &state.values {
        add(format!("value {name}"), PartRef::Value(name, value));
    }
    parts
}

/// Describes a rule.
pub fn rule(rule: &Rule, now: Timestamp) -> RichText {
    let (name, select) = (RichText::from(rule.name.clone()), selector(&rule.select, now));
    match rule.when.is_always() {
        true => name.text(": for everyone, ").then(select).text("."),
        false => name.text(": if ").then(condition(&rule.when)).text(", ").then(select).text("."),
    }
}

/// Describes an override.
pub fn unit_override(known: &Override) -> RichText {
    let get = if known.values.len() == 1 { " gets " } else { " get " };
    let segment = segment(&known.segment, known.input.as_deref());
    let units = RichText::from("Override: ").then(segment).text(" ").then(list(&known.values, "and"));
    units.text(get).choice(&known.choice).text(".")
}

/// Describes the state of a flag.
fn flag(enabled: bool, archived: bool) -> &'static str {
    match (archived, enabled) {
        (true, _) => "Flag: archived, which disables it.",
        (false, true) => "Flag: enabled.",
        (false, false) => "Flag: disabled.",
    }
}

fn pinned(name: &str) -> RichText {
    RichText::from("Pinned: everyone gets ").choice(name).text(", regardless of the rules.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::Span;

    fn described(json: Json) -> Vec<DescribedPart> {
        let state = State::from_json(&json);
        assert_eq!(state.problems(), []);
        parts(&state, Timestamp::from_millis(0))
    }

    fn sentences(json: Json) -> Vec<String> {
        described(json).into_iter().map(|part| part.text.to_string()).collect()
    }

    #[test]
    fn a_state_is_described_in_sentences() {
        let state = json!({
            "pinned": "premium",
            "overrides": [{ "segment": "UserId", "values": [42, 43], "use": "premium" }],
            "rules": [
                { "name": "Canada", "when": { "segment": "Country", "in": ["CA"] }, "select": { "static": "premium" } },
                { "name": "Canary", "when": { "all": [
                    { "segment": "Country", "input": "address", "in": ["US", "MX"] },
                    { "any": [{ "segment": "Age", "gte": 18 }, { "not": { "segment": "Name", "eq": "true" } }] },
                  ] },
                  "select": { "rollout": { "by": "UserId", "weights": { "acme": 95, "aperture": 5 } } } },
                { "name": "All", "select": { "rollout": { "by": "random", "weights": { "acme": 100 } } } },
            ],
            "otherwise": { "static": "acme" },
        });
        assert_eq!(
            sentences(state),
            [
                "Pinned: everyone gets premium, regardless of the rules.",
                "Override: UserId 42 and 43 get premium.",
                "Canada: if Country is CA, serve premium.",
                "Canary: if Country of address is one of US or MX and (Age is at least 18 or not (Name is \"true\")), \
                 split by UserId: aperture 5%, acme 95%.",
                "All: for everyone, split at random per request: acme 100%.",
                "Everyone else: serve acme.",
            ]
        );
    }

    #[test]
    fn each_key_of_client_data_is_a_part() {
        let created = json!({ "enabled": true, "created_at": "2026-12-01T09:00:00Z", "created_by": "ada",
            "client_data": { "ttl": 60, "text": "x".repeat(200) } });
        let parts = described(json!({ "flag": created }));
        let keys: Vec<_> = parts.iter().map(|part| part.part.as_str()).collect();
        assert_eq!(keys, ["flag", "client data text", "client data ttl"]);
        let texts: Vec<_> = parts.iter().map(|part| part.text.to_string()).collect();
        assert_eq!(texts[0], "Flag: enabled.");
        assert!(texts[1].starts_with("Client data \"text\": \"xxx") && texts[1].ends_with("…."), "{}", texts[1]);
        assert_eq!(texts[2], "Client data \"ttl\": 60.");
    }

    #[test]
    fn every_span_has_a_type() {
        let rule = json!({ "name": "Canada", "when": { "segment": "Country", "in": ["CA"] },
            "select": { "static": "premium" } });
        let parts = described(json!({ "rules": [rule] }));
        let text = |text: &'static str| Span::Text(text.into());
        assert_eq!(
            parts[0].text.spans(),
            [
                text("Canada: if "),
                Span::Segment("Country".to_owned()),
                text(" is "),
                Span::Value("CA".to_owned()),
                text(", serve "),
                Span::Choice("premium".to_owned()),
                text("."),
            ]
        );
    }

    #[test]
    fn a_long_list_is_shortened() {
        let values: Vec<u32> = (0..1_000).collect();
        let state = json!({ "overrides": [{ "segment": "UserId", "values": values, "use": "acme" }] });
        assert_eq!(sentences(state), ["Override: UserId 0, 1, 2, 3, 4, 5, 6, 7, … (1000 values) get acme."]);
    }
}
