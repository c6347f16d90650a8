//! Conditions: Kleene's three-valued logic, in which a missing value can only make a result unknown.

use feats::model::{Condition, Operator, Rule, Selector, State};
use feats::{Attributes, Value, attributes};
use proptest::prelude::*;

use super::generators::{attributes, condition, operand, test, value};
use super::interpreter::{self, Interpreter, Truth};
use super::world::{START, cases, choose, feature, program, route};

/// Evaluates a condition for a subject, with a state that contains the condition and its negation.
pub(crate) fn truth(condition: &Condition, subject: &Attributes<'_>) -> Truth {
    let rule = |name: &str, when, choice: &str| Rule::new(name, when, Selector::Static(choice.to_owned()));
    let mut state = State::default();
    state.rules = vec![rule("holds", condition.clone(), "premium"), rule("does not", !condition.clone(), "zeta")];
    let feature = feature();
    let outcome = choose(&route(&state, &feature), &feature, subject, START, 0);
    match feature.implementation(outcome.choice) {
        "premium" => Truth::True,
        "zeta" => Truth::False,
        _ => Truth::Unknown,
    }
}

fn every(parts: impl IntoIterator<Item = Condition>) -> Condition {
    Condition::All { all: parts.into_iter().collect() }
}

fn either(parts: impl IntoIterator<Item = Condition>) -> Condition {
    Condition::Any { any: parts.into_iter().collect() }
}

fn country(test: Operator) -> Condition {
    Condition::segment("Country", test)
}

proptest! {
    #![proptest_config(cases(50))]

    #[test]
    fn conditions_match_a_naive_interpreter(condition in condition(), subject in attributes()) {
        let feature = feature();
        let naive =
            Interpreter { declaration: &feature, program: &program(), subject: &subject, now: START, draw: 0 };
        prop_assert_eq!(truth(&condition, &subject), naive.condition(&condition));
    }

    #[test]
    fn all_any_and_not_follow_kleene_logic(a in condition(), b in condition(), c in condition(), subject in attributes()) {
        let is = |condition: Condition| truth(&condition, &subject);
        let [x, y, z] = [&a, &b, &c].map(|condition| is(condition.clone()));
        prop_assert_eq!(is(every([a.clone(), b.clone(), c.clone()])), x.min(y).min(z));
        prop_assert_eq!(is(either([a.clone(), b.clone(), c.clone()])), x.max(y).max(z));
        prop_assert_eq!(is(every([a.clone(), b.clone()])), is(every([b.clone(), a.clone()])), "order does not matter");
        prop_assert_eq!(is(!!a.clone()), x, "double negation");
        prop_assert_eq!(is(!every([a.clone(), b.clone()])), is(either([!a.clone(), !b.clone()])), "De Morgan");
        prop_assert_eq!(
            is(every([a.clone(), either([b.clone(), c.clone()])])),
            is(either([every([a.clone(), b]), every([a, c])])),
            "distribution"
        );
    }

    /// An additional value never changes a known result.
    #[test]
    fn an_additional_value_never_changes_a_known_result(
        condition in condition(), subject in attributes(), forgotten in prop::collection::vec(any::<bool>(), 9),
    ) {
        let less: Attributes<'static> = subject
            .iter()
            .zip(forgotten)
            // Without the value of one input, that of another input would apply.
            .filter(|((name, _), forgotten)| !forgotten || name.contains("Zip"))
            .map(|((name, value), _)| (name.to_owned(), value.clone()))
            .collect();
        let (with_less, with_all) = (truth(&condition, &less), truth(&condition, &subject));
        prop_assert!(with_less == Truth::Unknown || with_less == with_all, "{with_less:?}, then {with_all:?}");
    }

    #[test]
    fn a_check_is_unknown_exactly_without_a_usable_value(
        test in test(), value in prop::option::of(value()),
    ) {
        let subject: Attributes<'static> = value.iter().map(|value| ("Country", value.clone())).collect();
        let text = value.as_ref().and_then(Value::as_text);
        let readable = match &test {
            Operator::Semver(_) => text.is_some_and(|text| interpreter::precedence(text, "0").is_some()),
            Operator::Before(_) | Operator::After(_) => text.is_some_and(|text| interpreter::time(text).is_some()),
            _ => value.is_some(),
        };
        prop_assert_eq!(truth(&country(test.clone()), &subject) == Truth::Unknown, !readable);
        prop_assert_eq!(truth(&!country(test), &subject) == Truth::Unknown, !readable);
    }

    #[test]
    fn in_equals_any_of_eq_and_not_in_is_its_negation(
        values in prop::collection::vec(operand(), 0..9), value in value(),
    ) {
        let subject = attributes! { "Country" => value };
        let equal = either(values.iter().map(|value| country(Operator::Eq(value.clone()))));
        prop_assert_eq!(truth(&country(Operator::In(values.clone())), &subject), truth(&equal, &subject));
        prop_assert_eq!(truth(&country(Operator::NotIn(values)), &subject), truth(&!equal, &subject));
    }

    /// For values that cannot be compared, none of the three holds, and only `ne` does.
    #[test]
    fn comparable_values_are_less_equal_or_greater(value in value(), operand in operand()) {
        let subject = attributes! { "Country" => value.clone() };
        let holds = |test| truth(&country(test), &subject) == Truth::True;
        let three = [Operator::Lt(operand.clone()), Operator::Eq(operand.clone()), Operator::Gt(operand.clone())].map(holds);
        let compare = value.partial_cmp(&operand).is_some();
        prop_assert_eq!(three.iter().filter(|holds| **holds).count(), usize::from(compare));
        let [less, equal, greater] = three;
        let others = [Operator::Lte(operand.clone()), Operator::Ne(operand.clone()), Operator::Gte(operand)].map(holds);
        prop_assert_eq!(others, [less || equal, !equal, equal || greater]);
    }
}

#[test]
fn an_empty_all_holds_and_an_empty_any_does_not() {
    assert_eq!(truth(&every([]), &Attributes::new()), Truth::True);
    assert_eq!(truth(&either([]), &Attributes::new()), Truth::False);
}

#[test]
fn empty_text_is_a_value() {
    let empty = attributes! { "Country" => "" };
    assert_eq!(truth(&country(Operator::Eq(Value::from(""))), &empty), Truth::True);
    assert_eq!(truth(&country(Operator::Eq(Value::from(""))), &Attributes::new()), Truth::Unknown);
}

/// Another program may have the attribute.
#[test]
fn a_missing_attribute_is_unknown() {
    let region = Condition::attribute("Region", Operator::Ne(Value::from("eu")));
    assert_eq!(truth(&region, &attributes! { "Region" => "us" }), Truth::Unknown);
    let environment = Condition::attribute("Environment", Operator::Eq(Value::from("dev")));
    assert_eq!(truth(&environment, &attributes! { "Environment" => "live" }), Truth::True);
}
