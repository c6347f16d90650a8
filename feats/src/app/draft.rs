//! Drafts: what a change does to the state that its author saw.

use serde_json::Value as Json;

use crate::error::{Problem, Problems};
use crate::model::{Condition, Override, Rule, Selector, State, Value};
use crate::text::quoted;

/// What a change does.
#[derive(Clone, Debug)]
pub(super) enum Draft {
    Edit(Vec<Step>),
    Pin(Option<String>),
    RollbackTo {
        version: u64,
        /// Whether the pin goes too; it stays otherwise.
        unpins: bool,
    },
    Remove,
    /// A pin, a rollback or a removal with steps of an edit: two changes that have to be published one by one.
    Mixed,
}

/// One step of an edit.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Rule(Box<Rule>),
    RemoveRule(String),
    MoveBefore(String, Option<String>),
    Otherwise(Option<Selector>),
    OverrideFor(Override),
    RemoveOverride { segment: String, values: Vec<Value<'static>> },
    Clear,
    Replace(Box<State>),
}

/// Applies the steps of an edit in order. A step that names what does not exist is a problem.
pub(super) fn edited(base: &State, steps: &[Step]) -> (State, Vec<Problem>) {
    let mut state = base.clone();
    let mut problems = Problems::default();
    for step in steps {
        apply(&mut state, step, &mut problems);
    }
    (state, problems.into_vec())
}

fn apply(state: &mut State, step: &Step, problems: &mut Problems) {
    match step {
        Step::Rule(rule) => match state.rules.iter_mut().find(|known| known.name == rule.name) {
            Some(known) => {
                known.when = Condition::clone(&rule.when);
                known.select = rule.select.clone();
            }
            None => state.rules.push(Rule::clone(rule)),
        },
        Step::RemoveRule(name) => {
            if let Some(at) = position(state, name, problems) {
                state.rules.remove(at);
            }
        }
        Step::MoveBefore(name, before) => {
            let Some(at) = position(state, name, problems) else { return };
            let target = match before {
                Some(before) => position(state, before, problems),
                None => Some(state.rules.len()),
            };
            if let Some(target) = target {
                let rule = state.rules.remove(at);
                state.rules.insert(if target > at { target - 1 } else { target }, rule);
            }
        }
        Step::Otherwise(selector) => state.otherwise.clone_from(selector),
        Step::OverrideFor(added) => {
            drop_values(state, &added.segment, added.of.as_deref(), &added.values);
            let same = |known: &&mut Override| {
                (&known.segment, &known.of, &known.choice) == (&added.segment, &added.of, &added.choice)
            };
            match state.overrides.iter_mut().find(same) {
                Some(known) => known.values.extend(added.values.iter().cloned()),
                None => state.overrides.push(added.clone()),
            }
        }
        Step::RemoveOverride { segment, values } => {
            let held = |value: &Value<'_>| {
                state.overrides.iter().any(|known| known.segment == *segment && known.values.contains(value))
            };
            if let Some(value) = values.iter().find(|value| !held(value)) {
                problems.push(|| Problem::new("overrides", format!("no override for {segment} {}", shown(value))));
            }
            drop_values(state, segment, None, values);
        }
        Step::Clear => {
            state.overrides.clear();
            state.rules.clear();
            state.otherwise = None;
        }
        Step::Replace(new) => *state = State::clone(new),
    }
}

fn position(state: &State, name: &str, problems: &mut Problems) -> Option<usize> {
    let at = state.rules.iter().position(|rule| rule.name == name);
    if at.is_none() {
        let known = state.rules.iter().map(|rule| rule.name.as_str());
        problems.push_listing(|| Problem::new("rules", format!("no rule named {}", quoted(name))), name, known);
    }
    at
}

fn shown(value: &Value<'_>) -> String {
    value.as_text().map_or_else(|| format!("{value:?}"), quoted)
}

/// A unit has one override.
fn drop_values(state: &mut State, segment: &str, of: Option<&str>, values: &[Value<'_>]) {
    for known in &mut state.overrides {
        if known.segment == segment && (of.is_none() || known.of.as_deref() == of) {
            known.values.retain(|value| !values.contains(value));
        }
    }
    state.overrides.retain(|known| !known.values.is_empty());
}

/// The state as JSON with another pin, everything else verbatim: what pins a quarantined state, and what keeps the pin
/// through a rollback.
pub(super) fn with_pin(state: &Json, pinned: Option<&str>) -> Json {
    let mut fields = state.as_object().cloned().unwrap_or_default();
    fields.insert("pinned".to_owned(), pinned.map_or(Json::Null, Json::from));
    Json::Object(fields)
}
