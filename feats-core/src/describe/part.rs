//! The parts of a state as sentences.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::condition::{condition, list, segment};
use super::rich_text::RichText;
use super::selector::selector;

use crate::model::{Override, Rule, Selector, State, Timestamp};

/// The most characters of a value's JSON in a sentence.
const MAX_EXCERPT_CHARACTERS: usize = 100;

/// A part of a state: what it is, as JSON and as a sentence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DescribedPart {
    /// Tells the part from all others of the state: `pinned`, `rule US canary`.
    pub part: String,
    /// The part in words.
    pub text: RichText,
    /// The part as it stands in the state.
    pub json: Json,
}

/// All parts of a state, in the order of decision, as they stand at an instant.
///
/// ```
/// use feats::{State, Timestamp, describe};
/// let state: State = r#"{"rules": [{"name": "Canada", "when": {"segment": "Country", "in": ["CA"]},
///                                   "select": {"static": "premium"}}]}"#.parse()?;
/// let parts = describe::parts(&state, Timestamp::from(std::time::SystemTime::now()));
/// assert_eq!(parts[0].sentence.to_string(), "Canada: if Country is CA, give premium.");
/// # Ok::<(), feats::Error>(())
/// ```
pub fn parts(state: &State, now: Timestamp) -> Vec<DescribedPart> {
    untold(state).into_iter().map(|(part, untold)| untold.tell(part, now)).collect()
}

/// A part of a state that is not told yet.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Untold<'s> {
    Pinned(&'s str),
    Override(&'s Override),
    Rule(&'s Rule),
    Otherwise(&'s Selector),
    Value(&'s str, &'s Json),
}

impl Untold<'_> {
    pub(super) fn tell(self, part: String, now: Timestamp) -> DescribedPart {
        let (sentence, json) = match self {
            Untold::Pinned(name) => (pinned(name), json!(name)),
            Untold::Override(known) => (unit_override(known), json!(known)),
            Untold::Rule(known) => (rule(known, now), json!(known)),
            Untold::Otherwise(otherwise) => {
                let sentence = RichText::from("Otherwise: ").then(selector(otherwise, now)).text(".");
                (sentence, json!(otherwise))
            }
            Untold::Value(name, value) => {
                let sentence = RichText::from("Value ").choice(name).text(": ").text(excerpt(value)).text(".");
                (sentence, value.clone())
            }
        };
        DescribedPart { part, text: sentence, json }
    }
}

/// The JSON of a value, or its beginning where it is long.
fn excerpt(value: &Json) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_EXCERPT_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// All parts with what tells each from all others, in the order of decision.
pub(super) fn untold(state: &State) -> Vec<(String, Untold<'_>)> {
    let mut parts = Vec::new();
    let mut named: HashMap<String, usize> = HashMap::new();
    let mut add = |name: String, part| {
        let count = named.entry(name.clone()).or_default();
        *count += 1;
        parts.push((if *count == 1 { name } else { format!("{name} ({count})") }, part));
    };
    if let Some(name) = &state.pinned {
        add("pinned".to_owned(), Untold::Pinned(name));
    }
    for known in &state.overrides {
        let name = format!("override {} {}", segment(&known.segment, known.input.as_deref()), known.choice);
        add(name, Untold::Override(known));
    }
    for known in &state.rules {
        add(format!("rule {}", known.name), Untold::Rule(known));
    }
    if let Some(otherwise) = &state.otherwise {
        add("otherwise".to_owned(), Untold::Otherwise(otherwise));
    }
    for (name, value) in &state.values {
        add(format!("value {name}"), Untold::Value(name, value));
    }
    parts
}

/// A rule.
pub fn rule(rule: &Rule, now: Timestamp) -> RichText {
    let (name, select) = (RichText::from(rule.name.clone()), selector(&rule.select, now));
    match rule.when.is_always() {
        true => name.text(": ").then(select).text(", to everyone."),
        false => name.text(": if ").then(condition(&rule.when)).text(", ").then(select).text("."),
    }
}

/// An override.
pub fn unit_override(known: &Override) -> RichText {
    let get = if known.values.len() == 1 { " gets " } else { " get " };
    let segment = segment(&known.segment, known.input.as_deref());
    let units = RichText::from("Override: ").then(segment).text(" ").then(list(&known.values, "and"));
    units.text(get).choice(&known.choice).text(".")
}

fn pinned(name: &str) -> RichText {
    RichText::from("Pinned: everyone gets ").choice(name).text(", whatever the rules say.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::Span;

    fn told(json: Json) -> Vec<DescribedPart> {
        let state = State::from_json(&json);
        assert_eq!(state.problems(), []);
        parts(&state, Timestamp::from_millis(0))
    }

    fn sentences(json: Json) -> Vec<String> {
        told(json).into_iter().map(|part| part.text.to_string()).collect()
    }

    #[test]
    fn a_state_reads_as_sentences() {
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
                "Pinned: everyone gets premium, whatever the rules say.",
                "Override: UserId 42 and 43 get premium.",
                "Canada: if Country is CA, give premium.",
                "Canary: if Country of address is one of US or MX and (Age is at least 18 or not (Name is \"true\")), \
                 divide by UserId: aperture 5 %, acme 95 %.",
                "All: draw anew each time: acme 100 %, to everyone.",
                "Otherwise: give acme.",
            ]
        );
    }

    #[test]
    fn every_word_knows_what_it_is() {
        let rule = json!({ "name": "Canada", "when": { "segment": "Country", "in": ["CA"] },
            "select": { "static": "premium" } });
        let parts = told(json!({ "rules": [rule] }));
        let text = |text: &'static str| Span::Text(text.into());
        assert_eq!(
            parts[0].text.spans(),
            [
                text("Canada: if "),
                Span::Segment("Country".to_owned()),
                text(" is "),
                Span::Value("CA".to_owned()),
                text(", give "),
                Span::Choice("premium".to_owned()),
                text("."),
            ]
        );
    }

    #[test]
    fn a_long_list_is_cut() {
        let values: Vec<u32> = (0..1_000).collect();
        let state = json!({ "overrides": [{ "segment": "UserId", "values": values, "use": "acme" }] });
        assert_eq!(sentences(state), ["Override: UserId 0, 1, 2, 3, 4, 5, 6, 7, … (1000 values) get acme."]);
    }
}
