//! The state by which a program decides: of a flag, as far as it is enabled; of a flag whose name the code declares by now, what
//! the feature can use.

use std::borrow::Cow;

use super::catalog::Declaration;
use super::condition::{Condition, Source};
use super::flag::DISABLED;
use super::gate::MissingAttribute;
use super::selector::Selector;
use super::state::State;
use crate::error::{Problem, quoted};

impl State {
    /// Returns the state by which a program decides: this one, or the state of a flag as it takes effect, or
    /// the part of a flag's state that the declared feature can use.
    pub fn decisive(&self, declaration: &Declaration) -> Cow<'_, State> {
        match (&self.flag, declaration.flag) {
            (Some(_), false) => Cow::Owned(self.adopted(declaration).0),
            (Some(_), true) => self.effective(),
            (None, _) => Cow::Borrowed(self),
        }
    }

    /// Returns the state by which decisions are made: this one, or, for a flag that is disabled or archived, one that serves
    /// [`DISABLED`] to everyone unless it is pinned.
    pub(crate) fn effective(&self) -> Cow<'_, State> {
        match &self.flag {
            Some(flag) if !flag.is_active() => Cow::Owned(State {
                pinned: self.pinned.clone(),
                overrides: Vec::new(),
                rules: Vec::new(),
                otherwise: Some(Selector::Static(DISABLED.to_owned())),
                ..self.clone()
            }),
            _ => Cow::Borrowed(self),
        }
    }

    /// Returns the state as a program edits it: that of a flag if the declaration is a flag's, else the part of it that the declared
    /// feature can use.
    #[must_use]
    pub fn adopted_by(self, declaration: &Declaration) -> State {
        if self.flag.is_some() && !declaration.flag { self.adopted(declaration).0 } else { self }
    }

    /// Returns the part of a flag's state that a feature of the code can use, as a state without `flag`, and the parts that it
    /// cannot use. They need a decision: to declare what is missing, or to publish a state without them.
    ///
    /// ```
    /// use feats::model::Declaration;
    /// let flag: feats::State = r#"{"flag": {"enabled": true, "created_at": "2026-12-01T09:00:00Z", "created_by": "ada"},
    ///     "overrides": [{"segment": "user_id", "values": [7], "use": "enabled"}]}"#.parse()?;
    /// let (state, left_out) = flag.adopted(&Declaration::new("Search", ["enabled", "disabled"]));
    /// assert!(state.overrides.is_empty());
    /// assert_eq!(left_out[0].to_string(), "overrides[0]: no segment named \"user_id\"");
    /// # Ok::<(), feats::Error>(())
    /// ```
    pub fn adopted(&self, declaration: &Declaration) -> (State, Vec<Problem>) {
        let (mut state, mut left_out) = (self.effective().into_owned(), Vec::new());
        state.flag = None;
        let mut leave_out = |path: String, missing: String| left_out.push(Problem::new(path, missing));
        if let Some(missing) = state.pinned.as_deref().and_then(|name| missing_choice(declaration, name)) {
            leave_out("pinned".to_owned(), missing);
            state.pinned = None;
        }
        let mut index = 0..;
        state.overrides.retain(|known| {
            let path = format!("overrides[{}]", index.next().unwrap_or(0));
            let missing =
                missing_segment(declaration, &known.segment).or_else(|| missing_choice(declaration, &known.choice));
            keep_or(missing, |missing| leave_out(path.clone(), missing))
        });
        let mut index = 0..;
        state.rules.retain_mut(|rule| {
            let path = format!("rules[{}]", index.next().unwrap_or(0));
            let missing = missing_in_condition(declaration, &rule.when)
                .or_else(|| missing_in_selector(declaration, &rule.select));
            if let Selector::Gate(gate) = &mut rule.select {
                adopt_checks(declaration, &mut gate.conditions, gate.missing, |index, missing| {
                    leave_out(format!("{path}.select.gate.conditions[{index}]"), missing);
                });
            }
            keep_or(missing, |missing| leave_out(path.clone(), missing))
        });
        if let Some(missing) =
            state.otherwise.as_ref().and_then(|otherwise| missing_in_selector(declaration, otherwise))
        {
            leave_out("otherwise".to_owned(), missing);
            state.otherwise = None;
        }
        if !state.values.is_empty() {
            leave_out("values".to_owned(), "a feature that code declares has no values".to_owned());
            state.values.clear();
        }
        (state, left_out)
    }
}

fn keep_or(missing: Option<String>, mut leave_out: impl FnMut(String)) -> bool {
    let keeps = missing.is_none();
    missing.into_iter().for_each(&mut leave_out);
    keeps
}

/// Removes the conditions of a gate that need a missing segment. Such a check is always unknown, so it is skipped; if it must not
/// be, it stays as a condition that is never met.
fn adopt_checks(
    declaration: &Declaration,
    conditions: &mut Vec<Condition>,
    missing_attribute: MissingAttribute,
    mut leave_out: impl FnMut(usize, String),
) {
    let mut index = 0..;
    conditions.retain_mut(|condition| {
        let index = index.next().unwrap_or(0);
        let mut missing = Vec::new();
        let keeps = adopt_condition(declaration, condition, &mut missing);
        let is_missing = !missing.is_empty();
        missing.into_iter().for_each(|missing| leave_out(index, missing));
        if is_missing && missing_attribute == MissingAttribute::Fail {
            *condition = Condition::Any { any: Vec::new() };
            return true;
        }
        keeps
    });
}

/// Removes from an `all` the parts that need a missing segment. Returns `false` if nothing is left of the condition.
fn adopt_condition(declaration: &Declaration, condition: &mut Condition, missing: &mut Vec<String>) -> bool {
    match condition {
        Condition::All { all } => {
            all.retain_mut(|part| adopt_condition(declaration, part, missing));
            !all.is_empty()
        }
        other => keep_or(missing_in_condition(declaration, other), |name| missing.push(name)),
    }
}

fn missing_in_condition(declaration: &Declaration, condition: &Condition) -> Option<String> {
    match condition {
        Condition::All { all: parts } | Condition::Any { any: parts } => {
            parts.iter().find_map(|part| missing_in_condition(declaration, part))
        }
        Condition::Not { not } => missing_in_condition(declaration, not),
        Condition::Predicate(predicate) => match &predicate.source {
            Source::Segment { segment, .. } => missing_segment(declaration, segment),
            Source::Attribute { .. } => None,
        },
    }
}

fn missing_in_selector(declaration: &Declaration, selector: &Selector) -> Option<String> {
    if let Some(missing) = selector.choices().find_map(|name| missing_choice(declaration, name)) {
        return Some(missing);
    }
    let by = &selector.rollout()?.by;
    match by.is_all() {
        true => Some("a feature that code declares has no rollout by all attributes".to_owned()),
        false => by.names().iter().find_map(|name| missing_segment(declaration, name)),
    }
}

fn missing_choice(declaration: &Declaration, name: &str) -> Option<String> {
    declaration.position(name).is_none().then(|| format!("no implementation named {}", quoted(name)))
}

fn missing_segment(declaration: &Declaration, name: &str) -> Option<String> {
    let is_known = declaration.segments.iter().any(|known| &*known.segment == name && known.input.is_none());
    (!is_known).then(|| format!("no segment named {}", quoted(name)))
}
