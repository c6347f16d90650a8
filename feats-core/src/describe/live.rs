//! One-line summaries of what is live.

use super::rich_text::RichText;
use super::selector::{current, experiment, shares};

use crate::model::{DISABLED, Declaration, Quarantine, Rule, Selector, State, Timestamp};
use crate::text::counted;

/// The maximum number of rules in a summary.
const MAX_RULES: usize = 2;

/// Summarizes what is live for a feature at an instant: its first rules by name, and what everyone else gets.
///
/// ```
/// use feats::model::Declaration;
/// use feats::{State, Timestamp, describe};
/// let fee = Declaration::new("Fee", ["acme", "premium"]);
/// let state: State = r#"{"rules": [{"name": "Canada", "when": {"segment": "Country", "in": ["CA"]},
///                                   "select": {"static": "premium"}}]}"#.parse()?;
/// let live = describe::live(&fee, &state, None, Timestamp::from(std::time::SystemTime::now()));
/// assert_eq!(live.to_string(), "Canada: premium; everyone else: acme (default)");
/// # Ok::<(), feats::Error>(())
/// ```
pub fn live(declaration: &Declaration, state: &State, quarantine: Option<&Quarantine>, now: Timestamp) -> RichText {
    if let Some(quarantine) = quarantine {
        let why = quarantine.problems.first().map(ToString::to_string).unwrap_or_default();
        return RichText::from("quarantined: ").then(serving(quarantine)).text(format!(" ({why})"));
    }
    if let Some(pinned) = &state.pinned {
        return RichText::from("pinned: everyone gets ").choice(pinned);
    }
    if state.flag.as_ref().is_some_and(|flag| flag.archived) {
        return RichText::from("archived: everyone gets ").choice(DISABLED);
    }
    let state = &*state.effective();
    // Rules after one that gives everyone the same have no effect.
    let decides_all = |rule: &&Rule| rule.when.is_always() && matches!(rule.select, Selector::Static(_));
    let rules: Vec<&Rule> = state.rules.iter().take_while(|rule| !decides_all(rule)).collect();
    let last = state.rules.get(rules.len());
    let mut items = Vec::new();
    items.extend(some(state.overrides.iter().map(|known| known.values.len()).sum(), "override"));
    items.extend(rules.iter().take(MAX_RULES).map(|rule| {
        let name = RichText::from(rule.name.clone());
        name.text(": ").then(choice(&rule.select, now))
    }));
    items.extend(some(rules.len().saturating_sub(MAX_RULES), "more rule"));
    let everyone = if items.is_empty() { "everyone" } else { "everyone else" };
    let default = default_choice(declaration);
    let default = match declaration.default_value() {
        Some(_) => default,
        None if declaration.default_implementation() == "default" => default.text(" (as coded)"),
        None => default.text(" (default)"),
    };
    items.push(match (last, &state.otherwise) {
        (Some(rule), _) => {
            let name = RichText::from(rule.name.clone()).text(": ");
            name.text(everyone).text(" gets ").then(choice(&rule.select, now))
        }
        (None, Some(otherwise)) => rest(everyone, otherwise, default, now),
        (None, None) => fixed(everyone, default),
    });
    RichText::join(items, "; ")
}

/// Returns the default implementation; for a boolean feature whose code returns a constant, with its value: `default: on`.
///
/// ```
/// use feats::{model::Declaration, describe};
/// let mut images = Declaration::new("Images", ["enabled", "default", "disabled"]).default_to("default");
/// (images.boolean, images.on) = (true, Some(true));
/// assert_eq!(describe::default_choice(&images).to_string(), "default: on");
/// ```
pub fn default_choice(declaration: &Declaration) -> RichText {
    let name = RichText::new().choice(declaration.default_implementation());
    match declaration.default_value() {
        Some(value) => name.text(": ").text(value),
        None => name,
    }
}

/// Describes what is served while a revision cannot be used, as far as the history is known.
pub fn serving(quarantine: &Quarantine) -> RichText {
    let version = quarantine.version;
    RichText::from(match quarantine.serving {
        Some(serving) if serving == version => format!("version {version} can't be used, except for its pin"),
        Some(serving) => format!("version {version} can't be used; version {serving} is served"),
        None => format!("version {version} can't be used; the default is served"),
    })
}

/// Describes `otherwise`. Units that do not enter an experiment get the default.
fn rest(everyone: &'static str, otherwise: &Selector, default: RichText, now: Timestamp) -> RichText {
    let text = match otherwise {
        Selector::Static(_) => return fixed(everyone, choice(otherwise, now)),
        _ => RichText::from(everyone).text(": ").then(choice(otherwise, now)),
    };
    match otherwise.experiment() {
        Some(known) if known.share.0 < 100.0 => text.text("; the rest: ").then(default),
        _ => text,
    }
}

fn fixed(everyone: &'static str, choice: RichText) -> RichText {
    let verb = if everyone == "everyone" { " gets " } else { ": " };
    RichText::from(everyone).text(verb).then(choice)
}

fn choice(selector: &Selector, now: Timestamp) -> RichText {
    match selector {
        Selector::Static(name) => RichText::new().choice(name),
        Selector::Rollout(rollout) => match current(rollout, now) {
            Some((current, _, _)) => current.text(" (ramping to ").then(shares(rollout)).text(")"),
            None => shares(rollout),
        },
        Selector::Experiment(known) => experiment(known),
        Selector::Gate(gate) => match &gate.pass {
            Some(pass) => RichText::new().choice(pass).text(" if they are met"),
            None => RichText::new().choice(&gate.fail).text(" if they are violated"),
        },
    }
}

/// Returns how many there are; `None` if there are none.
fn some(count: usize, noun: &str) -> Option<RichText> {
    (count > 0).then(|| counted(count, noun).into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn summary(state: Json) -> String {
        let declaration = Declaration::new("Fee", ["acme", "aperture", "premium"]);
        let state = State::from_json(&state);
        assert_eq!(state.problems(), []);
        live(&declaration, &state, None, Timestamp::from_millis(0)).to_string()
    }

    fn rule(name: &str, when: Option<&str>, choice: &str) -> Json {
        let when = when.map_or_else(|| json!({ "all": [] }), |country| json!({ "segment": "Country", "eq": country }));
        json!({ "name": name, "when": when, "select": { "static": choice } })
    }

    #[test]
    fn the_summary_ends_with_what_everyone_else_gets() {
        let canary = json!({ "rollout": { "by": "UserId", "weights": { "acme": 95, "aperture": 5 } } });
        let experiment =
            json!({ "experiment": { "by": "UserId", "weights": { "acme": 50, "premium": 50 }, "share": 20 } });
        let canada = || rule("Canada", Some("CA"), "premium");
        for (state, expected) in [
            (json!({}), "everyone gets acme (default)"),
            (json!({ "pinned": "premium" }), "pinned: everyone gets premium"),
            (json!({ "otherwise": { "static": "premium" } }), "everyone gets premium"),
            (json!({ "otherwise": canary }), "everyone: aperture 5%, acme 95%"),
            (
                json!({ "rules": [canada()], "otherwise": experiment }),
                "Canada: premium; everyone else: experiment with 20% of them: acme 50%, premium 50%; \
                 the rest: acme (default)",
            ),
            (
                json!({ "rules": [canada(), { "name": "US canary", "when": { "segment": "Country", "eq": "US" },
                    "select": canary }], "otherwise": { "static": "acme" } }),
                "Canada: premium; US canary: aperture 5%, acme 95%; everyone else: acme",
            ),
        ] {
            assert_eq!(summary(state), expected);
        }
    }

    #[test]
    fn rules_after_one_that_gives_everyone_the_same_are_left_out() {
        let rules = json!([
            rule("a", Some("CA"), "premium"),
            rule("b", Some("US"), "premium"),
            rule("c", Some("MX"), "premium"),
            rule("sale", None, "aperture"),
            rule("d", Some("FR"), "premium")
        ]);
        assert_eq!(
            summary(json!({ "rules": rules, "otherwise": { "static": "premium" } })),
            "a: premium; b: premium; 1 more rule; sale: everyone else gets aperture"
        );
        assert_eq!(summary(json!({ "rules": [rule("sale", None, "aperture")] })), "sale: everyone gets aperture");
    }
}
