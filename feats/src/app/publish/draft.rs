//! Draft: the state that a change makes of its base.

use fastrand::Rng;
use feats_core::__private::{discard_foreign_allocations, unknown_fields};
use serde_json::Value as Json;
use xxhash_rust::xxh3::xxh3_64;

use super::base::Base;
use super::random_text::text_of;
use super::request::{ChangeKind, ChangeRequest, EditStep};
use crate::compile::Choices;
use crate::error::{Problem, Problems};
use crate::model::{Condition, Override, Revision, Rule, State, Value};
use crate::text::quoted;

/// A change that is not checked yet.
pub(super) struct Drafted {
    pub(super) result: Resulting,
    /// What cannot be drafted.
    pub(super) problems: Vec<Problem>,
}

/// What a change makes of its base.
pub(super) enum Resulting {
    /// Nothing: a tombstone.
    Removed,
    /// The base with another pin, everything else verbatim.
    Pinned(Json),
    /// An earlier state, verbatim.
    Restored(Json, State),
    Edited(State),
}

/// Drafts what a change makes of its base. `earlier` is the revision that it rolls back to; `None` for version 0.
pub(super) fn draft(request: &ChangeRequest, base: &Base, earlier: Option<&Revision>) -> Drafted {
    match &request.kind {
        ChangeKind::Mixed => {
            let message = "pin, roll back and remove are changes of their own; publish the edit by itself";
            Drafted { result: Resulting::Removed, problems: vec![Problem::new("", message)] }
        }
        ChangeKind::Remove => Drafted { result: Resulting::Removed, problems: Vec::new() },
        ChangeKind::Pin(pinned) => pin(request, base, pinned.as_deref()),
        ChangeKind::RollbackTo { unpins, .. } => {
            Drafted { result: roll_back(base, earlier, *unpins), problems: Vec::new() }
        }
        ChangeKind::Edit(steps) => edit(request, base, steps),
    }
}

fn pin(request: &ChangeRequest, base: &Base, pinned: Option<&str>) -> Drafted {
    let choices = Choices::new(request.feature.declaration(), &base.state);
    let unknown = pinned.filter(|name| choices.position(name).is_none()).map(|name| {
        let problem = Problem::new("pinned", format!("no implementation {}", quoted(name)));
        problem.listing(name, choices.names())
    });
    let empty = State::default().to_json();
    let json = with_pin(base.json.as_ref().unwrap_or(&empty), pinned);
    Drafted { result: Resulting::Pinned(json), problems: unknown.into_iter().collect() }
}

fn roll_back(base: &Base, earlier: Option<&Revision>, unpins: bool) -> Resulting {
    let empty = State::default().to_json();
    let restored = earlier.map(Revision::state_json).filter(|json| !json.is_null());
    let pinned = base.state.pinned.as_deref().filter(|_| !unpins);
    let json = with_pin(restored.unwrap_or(&empty), pinned);
    let state = State::from_json(&json);
    Resulting::Restored(json, state)
}

fn edit(request: &ChangeRequest, base: &Base, steps: &[EditStep]) -> Drafted {
    let mut problems = Vec::new();
    let replaces = matches!(steps.first(), Some(EditStep::Replace(_)));
    if base.is_quarantined && !replaces {
        let message = format!("version {} is quarantined here and cannot be edited", base.version());
        problems.push(Problem::new("", format!("{message}; replace it, pin the feature or roll back")));
    }
    let (mut state, step_problems) = edited(&base.state, steps);
    if request.is_untrusted {
        discard_foreign_allocations(&base.state, &mut state, |place| derived_seed(request, base, place));
    }
    problems.extend(step_problems);
    problems.extend(unknown_fields(&base.state, &state));
    Drafted { result: Resulting::Edited(state), problems }
}

/// A new seed that follows from the revision that is written on and from the place of the rollout: a draft has the same one at
/// every step, and its author has no choice.
fn derived_seed(request: &ChangeRequest, base: &Base, place: &str) -> String {
    let named = [base.hash().to_string().as_str(), request.feature.name(), place].join("\n");
    text_of(&mut Rng::with_seed(xxh3_64(named.as_bytes())), 16)
}

/// Applies the steps of an edit in order. A step that names what does not exist is a problem.
fn edited(base: &State, steps: &[EditStep]) -> (State, Vec<Problem>) {
    let mut state = base.clone();
    let mut problems = Problems::default();
    for step in steps {
        apply(&mut state, step, &mut problems);
    }
    (state, problems.into_vec())
}

fn apply(state: &mut State, step: &EditStep, problems: &mut Problems) {
    match step {
        EditStep::Rule(rule) => match state.rules.iter_mut().find(|known| known.name == rule.name) {
            Some(known) => {
                known.when = Condition::clone(&rule.when);
                known.select = rule.select.clone();
            }
            None => state.rules.push(Rule::clone(rule)),
        },
        EditStep::RemoveRule(name) => {
            if let Some(at) = position(state, name, problems) {
                state.rules.remove(at);
            }
        }
        EditStep::MoveBefore(name, before) => {
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
        EditStep::Otherwise(selector) => state.otherwise.clone_from(selector),
        EditStep::OverrideFor(added) => {
            drop_values(state, &added.segment, added.input.as_deref(), &added.values);
            let same = |known: &&mut Override| {
                (&known.segment, &known.input, &known.choice) == (&added.segment, &added.input, &added.choice)
            };
            match state.overrides.iter_mut().find(same) {
                Some(known) => known.values.extend(added.values.iter().cloned()),
                None => state.overrides.push(added.clone()),
            }
        }
        EditStep::RemoveOverride { segment, values } => {
            let held = |value: &Value<'_>| {
                state.overrides.iter().any(|known| known.segment == *segment && known.values.contains(value))
            };
            if let Some(value) = values.iter().find(|value| !held(value)) {
                problems.push(|| Problem::new("overrides", format!("no override for {segment} {}", shown(value))));
            }
            drop_values(state, segment, None, values);
        }
        EditStep::Clear => {
            state.overrides.clear();
            state.rules.clear();
            state.otherwise = None;
        }
        EditStep::Replace(new) => *state = State::clone(new),
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
        if known.segment == segment && (of.is_none() || known.input.as_deref() == of) {
            known.values.retain(|value| !values.contains(value));
        }
    }
    state.overrides.retain(|known| !known.values.is_empty());
}

/// The state as JSON with another pin, everything else verbatim: what pins a quarantined state, and what keeps the pin
/// through a rollback.
fn with_pin(state: &Json, pinned: Option<&str>) -> Json {
    let mut fields = state.as_object().cloned().unwrap_or_default();
    fields.insert("pinned".to_owned(), pinned.map_or(Json::Null, Json::from));
    Json::Object(fields)
}
