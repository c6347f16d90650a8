//! Suggested values: those that a state names.

use std::collections::{BTreeMap, BTreeSet};

use feats::model::{ApplicableSegment, Source, State, Value};

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
        for predicate in state.predicates() {
            if let Source::Segment { segment, .. } = &predicate.source {
                suggestions.add(segment, predicate.operator.values());
            }
        }
        suggestions
    }

    /// Returns the suggestions that are not among the segment's options.
    pub(super) fn for_segment(&self, segment: &ApplicableSegment) -> impl Iterator<Item = &str> {
        let values = self.0.get(&*segment.segment).into_iter().flatten().map(String::as_str);
        values.filter(|value| segment.options.iter().all(|option| **option != **value))
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
