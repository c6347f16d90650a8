//! Draft: the state that results from applying a change to its base.

use fastrand::Rng;
use feats_core::__private::{discard_foreign_allocations, keep_creation, unknown_fields};
use serde_json::Value as Json;
use xxhash_rust::xxh3::xxh3_64;

use super::base::Base;
use super::random_text::random_text_from;
use super::request::{ChangeKind, ChangeRequest, EditStep};
use crate::compile::Choices;
use crate::error::{Problem, Problems};
use crate::model::{Condition, Override, Revision, Rule, State, Value};
use crate::text::quoted;

/// A change that is not checked yet.
pub(super) struct Draft {
    pub(super) result: ResultingState,
    /// The steps that cannot be applied.
    pub(super) problems: Vec<Problem>,
}

/// The result of applying a change to its base.
pub(super) enum ResultingState {
    /// A tombstone.
    Removed,
    /// The base with another pin, everything else verbatim.
    Pinned(Json),
    /// An earlier state, verbatim.
    Restored(Json, State),
    Edited(State),
}

/// Applies a change to its base. `target` is the revision that it rolls back to; `None` for version 0.
pub(super) fn draft(request: &ChangeRequest, base: &Base, target: Option<&Revision>) -> Draft {
    match &request.kind {
        ChangeKind::Mixed => {
            let message = "an edit cannot be combined with a pin, a rollback or a removal; publish them one by one";
            Draft { result: ResultingState::Removed, problems: vec![Problem::new("", message)] }
        }
        ChangeKind::Remove => Draft { result: ResultingState::Removed, problems: Vec::new() },
        ChangeKind::Pin(pinned) => pin(request, base, pinned.as_deref()).with_flag(request),
        ChangeKind::RollbackTo { unpins, .. } => {
            Draft { result: roll_back(base, target, *unpins), problems: Vec::new() }.with_flag(request)
        }
        ChangeKind::Edit(steps) => edit(request, base, steps),
    }
}

fn pin(request: &ChangeRequest, base: &Base, pinned: Option<&str>) -> Draft {
    let choices = Choices::new(request.feature.declaration(), &base.state);
    let unknown = pinned.filter(|name| choices.position(name).is_none()).map(|name| {
        let problem = Problem::new("pinned", format!("unknown implementation {}", quoted(name)));
        problem.with_known_names(name, choices.names())
    });
    let empty = State::default().to_json();
    let json = with_pin(base.json.as_ref().unwrap_or(&empty), pinned);
    Draft { result: ResultingState::Pinned(json), problems: unknown.into_iter().collect() }
}

fn roll_back(base: &Base, target: Option<&Revision>, unpins: bool) -> ResultingState {
    let empty = State::default().to_json();
    let restored = target.map(Revision::state_json).filter(|json| !json.is_null());
    let pinned = base.state.pinned.as_deref().filter(|_| !unpins);
    let json = with_pin(restored.unwrap_or(&empty), pinned);
    let state = State::from_json(&json);
    ResultingState::Restored(json, state)
}

impl Draft {
    /// Reports a state in which there is no flag, such as that of a version before its creation or after its end. Writing it would
    /// leave a name that is neither a flag nor free.
    fn with_flag(mut self, request: &ChangeRequest) -> Self {
        let (ResultingState::Restored(json, _) | ResultingState::Pinned(json)) = &self.result else { return self };
        if request.feature.declaration().flag && json.get("flag").is_none_or(Json::is_null) {
            self.problems.push(Problem::new("flag", "this version has no flag"));
        }
        self
    }
}

fn edit(request: &ChangeRequest, base: &Base, steps: &[EditStep]) -> Draft {
    let mut problems = Vec::new();
    let replaces = matches!(steps.first(), Some(EditStep::Replace(_)));
    if base.is_quarantined && !replaces {
        let message = format!("version {} is quarantined in this program and cannot be edited", base.version());
        problems.push(Problem::new("", format!("{message}; replace it, pin the feature or roll back")));
    }
    let (mut state, step_problems) = apply_steps(&base.state, steps);
    if request.is_untrusted {
        discard_foreign_allocations(&base.state, &mut state, |place| derived_seed(request, base, place));
        keep_creation(&base.state, &mut state);
    }
    problems.extend(step_problems);
    problems.extend(unknown_fields(&base.state, &state));
    Draft { result: ResultingState::Edited(state), problems }
}

/// Derives the seed of a new rollout from the base and the place of the rollout. A draft gets the same seed at every step, and
/// its author cannot choose it.
fn derived_seed(request: &ChangeRequest, base: &Base, place: &str) -> String {
    let input = [base.hash().to_string().as_str(), request.feature.name(), place].join("\n");
    random_text_from(&mut Rng::with_seed(xxh3_64(input.as_bytes())), 16)
}

/// Applies the steps of an edit in order. A step that names a rule or an override that does not exist is a problem.
fn apply_steps(base: &State, steps: &[EditStep]) -> (State, Vec<Problem>) {
    let mut state = base.clone();
    let mut problems = Problems::default();
    for step in steps {
        apply_step(&mut state, step, &mut problems);
    }
    (state, problems.into_vec())
}

fn apply_step(state: &mut State, step: &EditStep, problems: &mut Problems) {
    match step {
        EditStep::Rule(rule) => match state.rules.iter_mut().find(|existing| existing.name == rule.name) {
            Some(existing) => {
                existing.when = Condition::clone(&rule.when);
                existing.select = rule.select.clone();
            }
            None => state.rules.push(Rule::clone(rule)),
        },
        EditStep::RemoveRule(name) => {
            if let Some(index) = rule_index(state, name, problems) {
                state.rules.remove(index);
            }
        }
        EditStep::MoveBefore(name, before) => {
            let Some(index) = rule_index(state, name, problems) else { return };
            let target = match before {
                Some(before) => rule_index(state, before, problems),
                None => Some(state.rules.len()),
            };
            if let Some(target) = target {
                let rule = state.rules.remove(index);
                state.rules.insert(if target > index { target - 1 } else { target }, rule);
            }
        }
        EditStep::Otherwise(selector) => state.otherwise.clone_from(selector),
        EditStep::OverrideFor(added) => {
            remove_values(state, &added.segment, added.input.as_deref(), &added.values);
            let is_same = |existing: &&mut Override| {
                (&existing.segment, &existing.input, &existing.choice) == (&added.segment, &added.input, &added.choice)
            };
            match state.overrides.iter_mut().find(is_same) {
                Some(existing) => existing.values.extend(added.values.iter().cloned()),
                None => state.overrides.push(added.clone()),
            }
        }
        EditStep::RemoveOverride { segment, values } => {
            let exists = |value: &Value<'_>| {
                state.overrides.iter().any(|existing| existing.segment == *segment && existing.values.contains(value))
            };
            if let Some(value) = values.iter().find(|value| !exists(value)) {
                let value = display_value(value);
                problems.push(|| Problem::new("overrides", format!("no override for {segment} {value}")));
            }
            remove_values(state, segment, None, values);
        }
        EditStep::Clear => {
            state.overrides.clear();
            state.rules.clear();
            state.otherwise = None;
        }
        EditStep::Replace(new) => *state = State::clone(new),
        EditStep::Apply(apply) => (apply.0)(state, problems),
    }
}

fn rule_index(state: &State, name: &str, problems: &mut Problems) -> Option<usize> {
    let index = state.rules.iter().position(|rule| rule.name == name);
    if index.is_none() {
        let known = state.rules.iter().map(|rule| rule.name.as_str());
        problems.push_with_known_names(
            || Problem::new("rules", format!("no rule named {}", quoted(name))),
            name,
            known,
        );
    }
    index
}

fn display_value(value: &Value<'_>) -> String {
    value.as_text().map_or_else(|| format!("{value:?}"), quoted)
}

/// Removes the overrides of the given units, so that each has at most one. `input` limits this to one input of the feature.
fn remove_values(state: &mut State, segment: &str, input: Option<&str>, values: &[Value<'_>]) {
    for existing in &mut state.overrides {
        if existing.segment == segment && (input.is_none() || existing.input.as_deref() == input) {
            existing.values.retain(|value| !values.contains(value));
        }
    }
    state.overrides.retain(|existing| !existing.values.is_empty());
}

/// Returns the JSON of a state with another pin, everything else verbatim. This also works for a quarantined state, and keeps
/// the pin through a rollback.
fn with_pin(state: &Json, pinned: Option<&str>) -> Json {
    let mut fields = state.as_object().cloned().unwrap_or_default();
    fields.insert("pinned".to_owned(), pinned.map_or(Json::Null, Json::from));
    Json::Object(fields)
}
