//! What is live, in one short sentence.

use feats::model::{Declaration, Selector};
use feats::{Quarantine, State, Timestamp};

use super::sentence::{experiment, shares, standing};

/// How many rules are told.
const RULES: usize = 2;

/// What is live for a feature.
pub(crate) fn live(declaration: &Declaration, state: &State, quarantine: Option<&Quarantine>) -> String {
    if let Some(quarantine) = quarantine {
        let why = quarantine.problems.first().map(ToString::to_string).unwrap_or_default();
        return format!("quarantined: {} ({why})", serving(quarantine));
    }
    if let Some(pinned) = &state.pinned {
        return format!("pinned: everyone gets {pinned}");
    }
    let mut told = Vec::new();
    match state.overrides.iter().map(|known| known.values.len()).sum() {
        0 => {}
        1 => told.push("1 override".to_owned()),
        units => told.push(format!("{units} overrides")),
    }
    told.extend(state.rules.iter().take(RULES).map(|rule| format!("{}: {}", rule.name, choice(&rule.select))));
    match state.rules.len().saturating_sub(RULES) {
        0 => {}
        1 => told.push("1 more rule".to_owned()),
        more => told.push(format!("{more} more rules")),
    }
    let rest = match &state.otherwise {
        Some(selector) => choice(selector),
        None => format!("{} (default)", declaration.default_implementation()),
    };
    told.push(if told.is_empty() { format!("everyone: {rest}") } else { format!("else {rest}") });
    told.join("; ")
}

/// What decides while a revision cannot be used, as far as history tells.
pub(crate) fn serving(quarantine: &Quarantine) -> String {
    let version = quarantine.version;
    match quarantine.serving {
        Some(serving) if serving == version => format!("version {version} cannot be used but for its pin"),
        Some(serving) => format!("version {version} cannot be used; version {serving} decides"),
        None => format!("version {version} cannot be used; the default decides"),
    }
}

fn choice(selector: &Selector) -> String {
    match selector {
        Selector::Static(name) => name.clone(),
        Selector::Rollout(rollout) => match standing(rollout, Timestamp::now()) {
            Some((standing, _, _)) => format!("{standing} (on the way to {})", shares(rollout)),
            None => shares(rollout),
        },
        Selector::Experiment(known) => experiment(known),
        _ => "as a newer version says".to_owned(),
    }
}
