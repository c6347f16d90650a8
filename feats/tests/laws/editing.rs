//! Editing: the steps of an edit match the same operations on a list of rules and a map of overrides.

use std::collections::BTreeMap;

use feats::model::{Condition, Operator, Override};
use feats::{Change, Dynamic, Reason, Value, attributes};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::desk::Desk;
use super::generators::name;
use super::world::{cases, wait};

#[derive(Clone, Debug)]
enum Step {
    Rule(&'static str, String),
    Remove(Index),
    MoveBefore(Index, Index),
    MoveLast(Index),
    Override(Vec<u8>, String),
    RemoveOverride(Index),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    prop_oneof![
        6 => (select(vec!["a", "b", "c", "d", "e"]), name()).prop_map(|(rule, choice)| Step::Rule(rule, choice)),
        1 => index().prop_map(Step::Remove),
        3 => (index(), index()).prop_map(|(rule, other)| Step::MoveBefore(rule, other)),
        1 => index().prop_map(Step::MoveLast),
        3 => (vec(0..6_u8, 0..4), name()).prop_map(|(units, choice)| Step::Override(units, choice)),
        1 => index().prop_map(Step::RemoveOverride),
        1 => Just(Step::Clear),
    ]
}

/// A simple model of a state.
#[derive(Default)]
struct Model {
    rules: Vec<(String, String)>,
    overrides: BTreeMap<u8, String>,
}

impl Model {
    /// Applies a step to the model and to the change.
    fn run(&mut self, step: Step, change: Change<Dynamic>) -> Change<Dynamic> {
        let rules = self.rules.len();
        let at = |index: &Index| index.index(rules);
        match step {
            Step::Rule(name, choice) => {
                match self.rules.iter_mut().find(|rule| rule.0 == name) {
                    Some(rule) => rule.1.clone_from(&choice),
                    None => self.rules.push((name.to_owned(), choice.clone())),
                }
                change.rule(name, Condition::segment("Country", Operator::Eq(Value::from(name))), &*choice)
            }
            Step::Remove(rule) if rules > 0 => change.remove_rule(self.rules.remove(at(&rule)).0),
            Step::MoveBefore(rule, other) if rules > 0 => {
                let other = self.rules[at(&other)].0.clone();
                let moved = self.rules.remove(at(&rule));
                let name = moved.0.clone();
                let target = self.rules.iter().position(|rule| rule.0 == other).unwrap_or(at(&rule));
                self.rules.insert(target, moved);
                change.move_before(name, other)
            }
            Step::MoveLast(rule) if rules > 0 => {
                let moved = self.rules.remove(at(&rule));
                let name = moved.0.clone();
                self.rules.push(moved);
                change.move_last(name)
            }
            Step::Override(units, choice) => {
                self.overrides.extend(units.iter().map(|unit| (*unit, choice.clone())));
                change.add_override(Override::new("UserId", units.into_iter().map(Value::from), choice))
            }
            Step::RemoveOverride(index) if !self.overrides.is_empty() => {
                let unit = *self.overrides.keys().nth(index.index(self.overrides.len())).unwrap();
                self.overrides.remove(&unit);
                change.remove_override("UserId", [unit])
            }
            Step::Clear => {
                *self = Self::default();
                change.clear()
            }
            _ => change,
        }
    }
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn an_edit_matches_the_same_steps_on_a_list(steps in vec(vec(step(), 0..6), 1..4)) {
        let desk = Desk::open();
        let mut model = Model::default();
        for steps in steps {
            let change = steps.into_iter().fold(desk.feature.edit(), |change, step| model.run(step, change));
            wait(change.author("ada").publish()).unwrap();
            let state = desk.feature.state();
            let names: Vec<&str> = state.rules.iter().map(|rule| rule.name.as_str()).collect();
            prop_assert_eq!(names, model.rules.iter().map(|rule| rule.0.as_str()).collect::<Vec<_>>());
            for (country, choice) in &model.rules {
                let decision = desk.feature.explain(&attributes! { "Country" => country.clone() });
                prop_assert_eq!(&*decision.value(), choice.as_str());
                prop_assert_eq!(decision.rule(), Some(country.as_str()));
            }
            for unit in 0..6_u8 {
                let decision = desk.feature.explain(&attributes! { "UserId" => unit });
                let overridden = model.overrides.get(&unit);
                prop_assert_eq!(decision.reason() == Reason::UnitOverride, overridden.is_some());
                prop_assert!(overridden.is_none_or(|choice| decision.value() == choice.as_str()));
            }
        }
    }
}
