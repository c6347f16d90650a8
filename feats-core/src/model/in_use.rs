//! What a state uses: its predicates, and the attributes of a flag.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::catalog::{ApplicableSegment, Declaration, Implementation};
use super::condition::{Condition, Predicate, Source};
use super::selector::Selector;
use super::state::{Rule, State};
use super::value::{Value, ValueKind};

impl Condition {
    /// Returns all predicates of the condition.
    pub fn predicates(&self) -> Vec<&Predicate> {
        match self {
            Condition::All { all: parts } | Condition::Any { any: parts } => {
                parts.iter().flat_map(Condition::predicates).collect()
            }
            Condition::Not { not } => not.predicates(),
            Condition::Predicate(predicate) => vec![predicate],
        }
    }
}

impl Selector {
    /// Returns all predicates of a gate; none for another selector.
    pub fn predicates(&self) -> Vec<&Predicate> {
        let conditions = self.gate().into_iter().flat_map(|gate| &gate.conditions);
        conditions.flat_map(Condition::predicates).collect()
    }
}

impl Rule {
    /// Returns all predicates of the rule: those of its condition, and those of its gate.
    pub fn predicates(&self) -> Vec<&Predicate> {
        self.when.predicates().into_iter().chain(self.select.predicates()).collect()
    }
}

impl State {
    /// Returns all predicates of the state.
    pub fn predicates(&self) -> Vec<&Predicate> {
        let rules = self.rules.iter().flat_map(Rule::predicates);
        rules.chain(self.otherwise.iter().flat_map(Selector::predicates)).collect()
    }

    /// Returns the names of all values that the state takes from subjects, each with the type of the values that it compares them
    /// with: `None` if there are none, or several types that have nothing in common.
    pub fn kinds_in_use(&self) -> BTreeMap<&str, Option<ValueKind>> {
        let mut operands: BTreeMap<&str, Vec<ValueKind>> = BTreeMap::new();
        let mut add = |name, values: &[Value<'static>]| {
            operands.entry(name).or_default().extend(values.iter().map(Value::kind));
        };
        self.overrides.iter().for_each(|known| add(&known.segment, &known.values));
        for Predicate { source, operator } in self.predicates() {
            let values = match operator.values() {
                [] => &[Value::from("")],
                values => values,
            };
            if let Source::Segment { segment, .. } = source {
                add(segment, values);
            }
        }
        let rollouts = self.selectors().filter_map(|(_, selector)| selector.rollout()).filter(|it| !it.by.is_random());
        rollouts.flat_map(|rollout| rollout.by.names()).for_each(|name| add(name, &[]));
        operands.into_iter().map(|(name, kinds)| (name, common(&kinds))).collect()
    }
}

impl Declaration {
    /// Returns the declaration of a flag, completed by its state: with the variants as implementations, and with the attributes
    /// that the state uses as segments. Any other declaration is returned as it is.
    ///
    /// An attribute whose type is [not known](State::kinds_in_use) is text.
    ///
    /// ```
    /// use feats::model::{Declaration, ValueKind};
    /// let state: feats::State = r#"{"values": {"light": 1, "dark": 2}, "overrides": [{"segment": "user", "values": [7], "use": "dark"}],
    ///     "otherwise": {"rollout": {"by": ["user", "tenant"], "weights": {"light": 90, "dark": 10}}}}"#.parse()?;
    /// let theme = Declaration::flag("THEME");
    /// let completed = theme.completed_by(&state);
    /// assert_eq!(completed.names().collect::<Vec<_>>(), ["disabled", "dark", "light"]);
    /// let segments: Vec<_> = completed.segments.iter().map(|segment| (&*segment.segment, segment.kind)).collect();
    /// assert_eq!(segments, [("tenant", ValueKind::Text), ("user", ValueKind::Integer)]);
    /// # Ok::<(), feats::Error>(())
    /// ```
    pub fn completed_by(&self, state: &State) -> Cow<'_, Declaration> {
        if !self.flag {
            return Cow::Borrowed(self);
        }
        let mut completed = self.clone();
        let segments = state.kinds_in_use().into_iter().map(|(name, kind)| ApplicableSegment {
            segment: name.into(),
            input: None,
            kind: kind.unwrap_or(ValueKind::Text),
            options: Vec::new(),
        });
        completed.segments = segments.collect();
        if !state.values.is_empty() {
            let values = state.values.keys().filter(|name| self.default_implementation() != **name);
            let values = values.map(|name| Implementation { name: name.as_str().into(), doc: "".into() });
            completed.implementations = self.implementations.iter().take(1).cloned().chain(values).collect();
        }
        Cow::Owned(completed)
    }

    /// Like [`completed_by`](Self::completed_by), but only with the attributes whose type is known, for an editor of the state: it would
    /// write the values of other attributes as text, which no number equals.
    pub fn editable_with(&self, state: &State) -> Cow<'_, Declaration> {
        let mut declaration = self.completed_by(state);
        if let Cow::Owned(completed) = &mut declaration {
            let kinds = state.kinds_in_use();
            let is_typed = |known: &&ApplicableSegment| kinds.get(&*known.segment).is_some_and(Option::is_some);
            completed.segments = completed.segments.iter().filter(is_typed).cloned().collect();
        }
        declaration
    }
}

/// Returns the type in which values of all these types can be written.
fn common(kinds: &[ValueKind]) -> Option<ValueKind> {
    let is_number = |kind: &ValueKind| matches!(kind, ValueKind::Integer | ValueKind::Float);
    let first = *kinds.first()?;
    match kinds.iter().all(|kind| *kind == first) {
        true => Some(first),
        false => kinds.iter().all(is_number).then_some(ValueKind::Float),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_of_an_attribute_is_that_of_its_operands() {
        let state: State = r#"{"rules": [
            {"name": "a", "when": {"not": {"segment": "age", "gt": 18}}, "select": {"gate": {"fail": "disabled", "conditions": [
                {"all": [{"segment": "age", "lt": 1.5}, {"any": [{"segment": "admin", "eq": true}]}]},
                {"segment": "name", "starts_with": "a"}, {"segment": "mixed", "in": ["a", 1]}, {"attribute": "Stage", "eq": "dev"}]}}}],
            "otherwise": {"rollout": {"by": "random", "weights": {"enabled": 100}}}}"#
            .parse()
            .expect("a state");
        let expected = [
            ("admin", Some(ValueKind::Bool)),
            ("age", Some(ValueKind::Float)),
            ("mixed", None),
            ("name", Some(ValueKind::Text)),
        ];
        assert_eq!(state.kinds_in_use().into_iter().collect::<Vec<_>>(), expected);
        let flag = Declaration::flag("F");
        assert_eq!(flag.completed_by(&state).names().collect::<Vec<_>>(), ["disabled", "enabled"]);
    }

    #[test]
    fn an_editor_has_no_attributes_of_unknown_type() {
        let state: State = r#"{"overrides": [{"segment": "user", "values": [7], "use": "enabled"}],
            "otherwise": {"rollout": {"by": ["user", "tenant"], "weights": {"enabled": 90, "disabled": 10}}}}"#
            .parse()
            .expect("a state");
        let flag = Declaration::flag("F");
        let names = |declaration: &Declaration| {
            declaration.segments.iter().map(|known| known.segment.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(names(&flag.completed_by(&state)), ["tenant", "user"]);
        assert_eq!(names(&flag.editable_with(&state)), ["user"]);
    }

    #[test]
    fn a_declaration_of_the_code_stays_as_it_is() {
        let fee = Declaration::new("Fee", ["acme"]);
        let state: State =
            r#"{"overrides": [{"segment": "user", "values": [7], "use": "acme"}]}"#.parse().expect("a state");
        assert_eq!(*fee.completed_by(&state), fee);
    }
}
