//! The rule of Flipper, reconciled with its documents: conditions decide, and the bucketer decides where they do not.

use feats::flags::MissingAttribute;
use feats::model::{Declaration, SLOTS, Selector};
use feats::{Attributes, Reason};
use proptest::collection::vec;
use proptest::prelude::*;

use super::description::{Bucketing, Description, description, subject};
use super::program::{Program, state};
use crate::interpreter::{Interpreter, Truth, holds};
use crate::world::cases;

impl Description {
    /// Decides naively. `bucket` decides where neither the conditions nor the percentage does.
    pub(super) fn decide(&self, subject: &Attributes<'_>, bucket: impl FnOnce() -> bool) -> bool {
        if !self.is_enabled || self.is_archived {
            return false;
        }
        let checks = self.conditions.iter().flatten();
        let truths: Vec<Truth> = checks
            .map(|check| {
                let value = subject.get(&check.attribute);
                value.map_or(Truth::Unknown, |value| holds(&check.operator, value))
            })
            .collect();
        if truths.contains(&Truth::False) {
            return false;
        }
        if self.missing == MissingAttribute::Fail && truths.contains(&Truth::Unknown) {
            return false;
        }
        truths.contains(&Truth::True) || self.admits(bucket)
    }

    /// At exactly 100% everyone is served, also subjects that are not units.
    fn admits(&self, bucket: impl FnOnce() -> bool) -> bool {
        match &self.bucketer {
            None => true,
            Some(Bucketing::Random { admits_everyone }) => *admits_everyone,
            Some(Bucketing::Consistent { slots: SLOTS, .. }) => true,
            Some(Bucketing::Consistent { .. }) => bucket(),
        }
    }
}

/// Returns the choice of a rollout, by a naive interpreter.
pub(super) fn in_rollout(selector: &Selector, subject: &Attributes<'_>, now: i64) -> Option<String> {
    let (declaration, program) = (Declaration::new("Flag", ["disabled", "enabled"]), Attributes::new());
    let interpreter = Interpreter { declaration: &declaration, program: &program, subject, now, draw: 0 };
    interpreter.select(selector, Reason::Otherwise).map(|answer| answer.choice)
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn a_flag_decides_by_the_rule(
        description in description(), in_one_write in any::<bool>(), subjects in vec(subject(), 8),
    ) {
        let program = Program::start();
        let flag = description.create(&program.flags, "CHECKOUT", in_one_write);
        let (otherwise, now) = (state(&flag).otherwise, program.now().as_millis());
        let context = program.flags.context(Attributes::new());
        for subject in subjects {
            let bucket = || in_rollout(otherwise.as_ref().unwrap(), &subject, now).as_deref() == Some("enabled");
            let expected = description.decide(&subject, bucket);
            prop_assert_eq!(program.flags.is_enabled("CHECKOUT", &subject), expected, "{:?}: {}", subject, state(&flag).to_json());
            prop_assert_eq!(program.flags.is_enabled_or("CHECKOUT", &subject, !expected), expected);
            prop_assert_eq!(flag.is_enabled(&subject), expected);
            prop_assert_eq!(flag.is_enabled_or(&subject, !expected), expected);
            prop_assert_eq!(context.is_enabled("CHECKOUT", &subject), expected);
            prop_assert_eq!(context.is_disabled("CHECKOUT", &subject), !expected);
            let choice = if expected { "enabled" } else { "disabled" };
            prop_assert_eq!(flag.explain(&subject).unwrap().value(), choice);
            let variant = flag.variant(&subject);
            prop_assert_eq!(variant.as_deref(), expected.then_some("enabled"));
        }
    }

    /// A flag that was written step by step decides like one that was written at once: only the seed may differ.
    #[test]
    fn the_number_of_writes_changes_no_decision(description in description(), subjects in vec(subject(), 8)) {
        let program = Program::start();
        let flags = [("A", true), ("B", false)].map(|(name, at_once)| description.create(&program.flags, name, at_once));
        let is_bucketed = matches!(description.bucketer, Some(Bucketing::Consistent { slots: 1..SLOTS, .. }));
        for subject in subjects {
            let decided = flags.each_ref().map(|flag| flag.is_enabled(&subject));
            let bucketed = is_bucketed && description.decide(&subject, || true) != description.decide(&subject, || false);
            prop_assert!(bucketed || decided[0] == decided[1], "{:?}", subject);
        }
    }
}
