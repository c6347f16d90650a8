//! Suggested values: those that a state names.

use std::collections::{BTreeMap, BTreeSet};

use feats::model::{ApplicableSegment, Condition, Source, State, Value};

/// The most suggestions per segment.
const MAX_SUGGESTIONS: usize = 40;

/// Suggested values by segment.
pub(super) struct Suggestions(BTreeMap<String, BTreeSet<String>>);

impl Suggestions {
    pub(super) fn from_state(state: &State) -> Self {
        let mut suggestions = Self(BTreeMap::new());
        for entry in &state.overrides {
            suggestions.add(&entry.segment, &entry.values);
        }
        state.rules.iter().for_each(|rule| suggestions.add_condition(&rule.when));
        suggestions
    }

    /// Returns the suggestions that are not among the segment's options.
    pub(super) fn for_segment(&self, segment: &ApplicableSegment) -> impl Iterator<Item = &str> {
        let values = self.0.get(&*segment.segment).into_iter().flatten().map(String::as_str);
        values.filter(|value| segment.options.iter().all(|option| **option != **value))
    }

    fn add_condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All { all: parts } | Condition::Any { any: parts } => {
                parts.iter().for_each(|part| self.add_condition(part));
            }
            Condition::Not { not } => self.add_condition(not),
            Condition::Predicate(check) => {
                if let Source::Segment { segment, .. } = &check.source {
                    self.add(segment, check.operator.values());
                }
            }
        }
    }

    fn add(&mut self, segment: &str, values: &[Value<'_>]) {
        let suggested = self.0.entry(segment.to_owned()).or_default();
        for value in values.iter().take(MAX_SUGGESTIONS) {
            if suggested.len() < MAX_SUGGESTIONS {
                suggested.insert(value.to_string());
            }
        }
    }
}
