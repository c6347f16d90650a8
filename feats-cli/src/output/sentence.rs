//! States as sentences.

use std::collections::BTreeMap;

use feats::model::{
    Check, Condition, Experiment, Override, RANDOM, Rollout, Rule, Selector, Source, Test, Weight, division,
};
use feats::{State, Timestamp, Value};
use serde::Serialize;
use serde_json::{Value as Json, json};

/// How many values of a list are shown.
const SHOWN: usize = 8;

/// A part of a state: what it is, as JSON and as a sentence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Part {
    /// Tells the part from all others of the state: `pinned`, `rule US canary`.
    pub(crate) part: String,
    pub(crate) sentence: String,
    pub(crate) json: Json,
}

/// All parts of a state, in the order of decision.
pub(crate) fn parts(state: &State) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut named: BTreeMap<String, usize> = BTreeMap::new();
    let mut add = |name: String, sentence: String, json: Json| {
        let count = named.entry(name.clone()).or_default();
        *count += 1;
        let part = if *count == 1 { name } else { format!("{name} ({count})") };
        parts.push(Part { part, sentence, json });
    };
    if let Some(name) = &state.pinned {
        add("pinned".to_owned(), pinned(name), json!(name));
    }
    for known in &state.overrides {
        let name = format!("override {} {}", source(&known.segment, known.of.as_deref()), known.choice);
        add(name, unit_override(known), json!(known));
    }
    for known in &state.rules {
        add(format!("rule {}", known.name), rule(known), json!(known));
    }
    if let Some(otherwise) = &state.otherwise {
        add("otherwise".to_owned(), format!("Otherwise: {}.", selector(otherwise)), json!(otherwise));
    }
    parts
}

fn pinned(name: &str) -> String {
    format!("Pinned: everyone gets {name}, whatever the rules say.")
}

fn unit_override(known: &Override) -> String {
    let get = if known.values.len() == 1 { "gets" } else { "get" };
    let units = list(&known.values, "and");
    format!("Override: {} {units} {get} {}.", source(&known.segment, known.of.as_deref()), known.choice)
}

/// A rule as a sentence.
fn rule(rule: &Rule) -> String {
    let select = selector(&rule.select);
    match rule.when.is_always() {
        true => format!("{}: {select}, to everyone.", rule.name),
        false => format!("{}: if {}, {select}.", rule.name, condition(&rule.when)),
    }
}

/// A condition as the rest of a sentence that begins with "if".
fn condition(condition: &Condition) -> String {
    match condition {
        Condition::All { all } if all.is_empty() => "anything".to_owned(),
        Condition::Any { any } if any.is_empty() => "nothing".to_owned(),
        Condition::All { all } => group(all, " and "),
        Condition::Any { any } => group(any, " or "),
        Condition::Not { not } => format!("not ({})", self::condition(not)),
        Condition::Check(known) => check(known),
    }
}

/// A selector as the rest of a sentence: what is done.
fn selector(selector: &Selector) -> String {
    match selector {
        Selector::Static(name) => format!("give {name}"),
        Selector::Rollout(known) => rollout(known),
        Selector::Experiment(known) => {
            format!("divide {} in an {}", by(&known.rollout), experiment(known))
        }
        _ => "choose as a newer version of feats says".to_owned(),
    }
}

/// The shares that a rollout has, or is on its way to.
pub(super) fn shares(rollout: &Rollout) -> String {
    told(rollout.weights.iter().map(|(name, weight)| (name.as_str(), weight.0)).collect())
}

/// The shares of an experiment, and the share of units that enter it.
pub(super) fn experiment(experiment: &Experiment) -> String {
    match experiment.share.0 {
        100.0 => format!("experiment: {}", shares(&experiment.rollout)),
        share => format!("experiment on {share} % of them: {}", shares(&experiment.rollout)),
    }
}

/// Shares, the largest one last: the others are what a rollout is about.
fn told(mut shares: Vec<(&str, f64)>) -> String {
    shares.sort_by(|a, b| a.1.total_cmp(&b.1));
    let shown: Vec<String> = shares.into_iter().map(|(name, percent)| format!("{name} {percent} %")).collect();
    shown.join(", ")
}

fn rollout(rollout: &Rollout) -> String {
    let how = match rollout.by.as_str() {
        RANDOM => "draw anew each time".to_owned(),
        _ => format!("divide {}", by(rollout)),
    };
    let ramp = standing(rollout, Timestamp::now()).map(|(standing, start, end)| {
        format!(" (bit by bit from {} to {}; now {standing})", to_second(start), to_second(end))
    });
    format!("{how}: {}{}", shares(rollout), ramp.unwrap_or_default())
}

fn by(rollout: &Rollout) -> String {
    format!("by {}", source(&rollout.by, rollout.of.as_deref()))
}

/// The shares in the middle of a ramp, with its start and end; `None` if there is no ramp or it is over.
pub(super) fn standing(rollout: &Rollout, now: Timestamp) -> Option<(String, Timestamp, Timestamp)> {
    let (start, end) = rollout.ramp.as_ref()?.span().filter(|(_, end)| now < *end)?;
    let division = division::shares(&rollout.division_at(now));
    let shares = division.iter().map(|(name, slots)| (name.as_str(), Weight::of_slots(*slots).0));
    Some((told(shares.collect()), start, end))
}

fn to_second(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millis().div_euclid(1_000) * 1_000)
}

fn group(parts: &[Condition], word: &str) -> String {
    let nested = |part: &Condition| match part {
        Condition::All { all: inner } | Condition::Any { any: inner } if inner.len() > 1 && parts.len() > 1 => {
            format!("({})", condition(part))
        }
        _ => condition(part),
    };
    parts.iter().map(nested).collect::<Vec<_>>().join(word)
}

fn check(check: &Check) -> String {
    let source = match &check.source {
        Source::Segment { segment, of } => source(segment, of.as_deref()),
        Source::Attribute { attribute } => format!("the program's {attribute}"),
    };
    let test = match &check.test {
        Test::In(values) if values.len() == 1 => format!("is {}", list(values, "or")),
        Test::In(values) => format!("is one of {}", list(values, "or")),
        Test::NotIn(values) => format!("is none of {}", list(values, "or")),
        Test::Eq(operand) => format!("is {}", value(operand)),
        Test::Ne(operand) => format!("is not {}", value(operand)),
        Test::Gt(operand) => format!("is greater than {}", value(operand)),
        Test::Gte(operand) => format!("is at least {}", value(operand)),
        Test::Lt(operand) => format!("is less than {}", value(operand)),
        Test::Lte(operand) => format!("is at most {}", value(operand)),
        Test::StartsWith(text) => format!("starts with {text:?}"),
        Test::EndsWith(text) => format!("ends with {text:?}"),
        Test::Contains(text) => format!("contains {text:?}"),
        Test::Matches(pattern) => format!("matches {pattern:?}"),
        Test::Semver(range) => format!("is a version in {range:?}"),
        Test::Before(time) => format!("is before {time}"),
        Test::After(time) => format!("is after {time}"),
    };
    format!("{source} {test}")
}

fn source(segment: &str, of: Option<&str>) -> String {
    match of {
        Some(of) => format!("{segment} of {of}"),
        None => segment.to_owned(),
    }
}

fn list(values: &[Value<'_>], word: &str) -> String {
    let mut shown: Vec<String> = values.iter().take(SHOWN).map(value).collect();
    if values.len() > SHOWN {
        return format!("{}, … ({} values)", shown.join(", "), values.len());
    }
    match shown.pop() {
        None => "nothing".to_owned(),
        Some(last) if shown.is_empty() => last,
        Some(last) => format!("{} {word} {last}", shown.join(", ")),
    }
}

/// Words stand as they are; text that could be taken for something else is quoted.
fn value(value: &Value<'_>) -> String {
    let word = |text: &str| {
        text.starts_with(char::is_alphabetic)
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'))
            && !matches!(text, "true" | "false")
    };
    match value.as_text() {
        Some(text) if word(text) => text.to_owned(),
        _ => format!("{value:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(json: Json) -> Vec<String> {
        let state = State::from_json(&json);
        assert_eq!(state.problems(), []);
        parts(&state).into_iter().map(|part| part.sentence).collect()
    }

    #[test]
    fn a_state_reads_as_sentences() {
        let state = json!({
            "pinned": "premium",
            "overrides": [{ "segment": "UserId", "values": [42, 43], "use": "premium" }],
            "rules": [
                { "name": "Canada", "when": { "segment": "Country", "in": ["CA"] }, "select": { "static": "premium" } },
                { "name": "Canary", "when": { "all": [
                    { "segment": "Country", "of": "address", "in": ["US", "MX"] },
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
    fn a_long_list_is_cut() {
        let values: Vec<u32> = (0..1_000).collect();
        let state = json!({ "overrides": [{ "segment": "UserId", "values": values, "use": "acme" }] });
        assert_eq!(sentences(state), ["Override: UserId 0, 1, 2, 3, 4, 5, 6, 7, … (1000 values) get acme."]);
    }
}
