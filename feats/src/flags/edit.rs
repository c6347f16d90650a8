//! Edits of the state of a flag.

use serde_json::{Map, Value as Json};

use super::bucketer::{Bucketer, split};
use super::condition::Condition;
use crate::error::{Problem, Problems};
use crate::model::{
    BucketFunction, CONDITIONS, DISABLED, ENABLED, FlagState, Gate, MissingAttribute, Override, Rule, Selector, State,
    Timestamp, Value,
};

/// Creates the state of a new flag, which is disabled.
pub(super) fn new_flag(created_at: Timestamp, created_by: &str, variants: &[(String, Json)]) -> State {
    let (enabled, archived, client_data) = Default::default();
    let flag = FlagState { enabled, archived, created_at, created_by: created_by.to_owned(), client_data };
    let first = variants.first().map_or(ENABLED, |(name, _)| name);
    let mut state = State::default();
    state.flag = Some(flag);
    state.otherwise = Some(Selector::Static(first.to_owned()));
    state.values = variants.iter().cloned().collect();
    state
}

/// Changes the part of a state that makes it that of a flag.
pub(super) fn flag(state: &mut State, problems: &mut Problems, edit: impl FnOnce(&mut FlagState)) {
    match &mut state.flag {
        Some(flag) => edit(flag),
        None => problems.push(|| Problem::new("flag", "this is the state of a feature, not of a flag")),
    }
}

/// Merges client data. `null` removes a key.
pub(super) fn merge_client_data(state: &mut State, problems: &mut Problems, data: &Json) {
    let Some(fields) = client_data_fields(data, problems) else { return };
    flag(state, problems, |flag| {
        for (key, value) in fields {
            match value {
                Json::Null => drop(flag.client_data.remove(key)),
                value => drop(flag.client_data.insert(key.clone(), value.clone())),
            }
        }
    });
}

/// Replaces all client data.
pub(super) fn replace_client_data(state: &mut State, problems: &mut Problems, data: &Json) {
    let Some(fields) = client_data_fields(data, problems) else { return };
    flag(state, problems, |flag| flag.client_data.clone_from(fields));
}

/// Returns the fields of client data, or reports that it is not an object.
fn client_data_fields<'d>(data: &'d Json, problems: &mut Problems) -> Option<&'d Map<String, Json>> {
    if data.as_object().is_none() {
        problems.push(|| Problem::new("flag.client_data", "client data must be a JSON object"));
    }
    data.as_object()
}

/// Returns the client data as JSON.
pub(super) fn client_data(state: &State) -> Json {
    Json::Object(state.flag.as_ref().map_or_else(Map::new, |flag| flag.client_data.clone()))
}

pub(super) fn add_condition(state: &mut State, problems: &mut Problems, condition: &Condition) {
    let (index, gate) = gate(state);
    let path = format!("rules[{index}].select.gate.conditions[{}]", gate.conditions.len());
    gate.conditions.push(condition.to_model(&path, problems));
}

pub(super) fn set_conditions(state: &mut State, problems: &mut Problems, conditions: &[Condition]) {
    gate(state).1.conditions.clear();
    conditions.iter().for_each(|condition| add_condition(state, problems, condition));
    remove_empty_gate(state);
}

pub(super) fn set_missing_attribute(state: &mut State, missing: MissingAttribute) {
    gate(state).1.missing = missing;
    remove_empty_gate(state);
}

pub(super) fn set_bucketer(state: &mut State, problems: &mut Problems, bucketer: &Bucketer) {
    let Some(mut selector) = bucketer.to_selector(problems) else { return };
    let before = state.otherwise.as_ref().and_then(Selector::rollout);
    if let (Some(before), Some(rollout)) = (before, selector.rollout_mut())
        && before.bucketing.is_some()
        && sorted(before.by.names()) == sorted(rollout.by.names())
        && !rollout.by.is_random()
    {
        // Subjects keep the buckets that an import gave them; the other system sorts the attributes.
        (rollout.by, rollout.bucketing) = (before.by.clone(), before.bucketing);
    }
    state.otherwise = Some(selector);
}

/// Gives a bucketer the buckets of Flipper, whose service keeps the flag.
pub(super) fn use_flipper_buckets(state: &mut State) {
    if let Some(rollout) = state.otherwise.as_mut().and_then(Selector::rollout_mut)
        && rollout.bucketing.is_none()
        && !rollout.by.is_random()
    {
        rollout.bucketing = Some(BucketFunction::Flipper.into());
    }
}

fn sorted(names: &[String]) -> Vec<&String> {
    let mut names: Vec<&String> = names.iter().collect();
    names.sort();
    names
}

/// Serves what the flag serves without a bucketer: its first variant by name, else `enabled`.
pub(super) fn clear_bucketer(state: &mut State) {
    let first = state.values.keys().next().map_or(ENABLED, String::as_str).to_owned();
    if state.otherwise.as_ref().is_none_or(|otherwise| otherwise.rollout().is_some()) {
        state.otherwise = Some(Selector::Static(first));
    }
}

/// Sets the percentage of the bucketer, which ends its ramp.
pub(super) fn set_percentage(state: &mut State, problems: &mut Problems, percentage: f64) {
    let Some(weights) = split("percentage", percentage, problems) else { return };
    let has_variants = !state.values.is_empty();
    match state.otherwise.as_mut().and_then(Selector::rollout_mut).filter(|_| !has_variants) {
        Some(rollout) => {
            rollout.weights = weights;
            rollout.ramp = None;
        }
        None if has_variants => {
            problems.push(|| Problem::new("otherwise", "a flag with variants has weights, which its bucketer sets"));
        }
        None => problems.push(|| Problem::new("otherwise", "the flag has no bucketer, so set one first")),
    }
}

pub(super) fn override_for(state: &mut State, segment: &str, values: &[Value<'static>], choice: &str) {
    remove_override(state, segment, values);
    let is_same = |known: &&mut Override| known.segment == segment && known.choice == choice;
    match state.overrides.iter_mut().find(is_same) {
        Some(known) => known.values.extend(values.iter().cloned()),
        None => state.overrides.push(Override::new(segment, values.iter().cloned(), choice)),
    }
}

pub(super) fn remove_override(state: &mut State, segment: &str, values: &[Value<'static>]) {
    for known in state.overrides.iter_mut().filter(|known| known.segment == segment) {
        known.values.retain(|value| !values.contains(value));
    }
    state.overrides.retain(|known| !known.values.is_empty());
}

/// Returns the gate with the conditions of a flag, and the index of its rule, which is added as the first one if it is missing.
pub(super) fn gate(state: &mut State) -> (usize, &mut Gate) {
    let is_gate = |rule: &Rule| rule.name == CONDITIONS && rule.select.gate().is_some();
    let index = state.rules.iter().position(is_gate).unwrap_or_else(|| {
        let pass = state.values.is_empty().then_some(ENABLED);
        let rule = Rule::new(CONDITIONS, crate::model::Condition::always(), Gate::new(pass, DISABLED).into());
        state.rules.insert(0, rule);
        0
    });
    match state.rules.get_mut(index).map(|rule| &mut rule.select) {
        Some(Selector::Gate(gate)) => (index, gate),
        _ => unreachable!("the rule was found or added"),
    }
}

/// Removes the rule of a gate that has neither conditions nor a setting.
fn remove_empty_gate(state: &mut State) {
    let is_empty = |gate: &Gate| gate.conditions.is_empty() && gate.missing == MissingAttribute::Skip;
    state.rules.retain(|rule| !(rule.name == CONDITIONS && rule.select.gate().is_some_and(is_empty)));
}
