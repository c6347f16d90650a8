//! Variant flags: a failed condition disables, a passed one does not choose, and the bucketer chooses among the variants.

use feats::Attributes;
use feats::bucketing::allocation::Shares;
use feats::flags::Bucketer;
use feats::model::{Percent, SLOTS};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::description::{Description, condition, description, keys, subject};
use super::program::{Program, state};
use super::rule::in_rollout;
use crate::generators::shares;
use crate::world::{NAMES, cases, wait};

/// Returns the values of the variants, in an order that is not that of their names.
fn values() -> [(&'static str, Json); 5] {
    let values = [json!({ "color": "#fff" }), Json::Null, json!(3), json!([true]), json!("text")];
    let mut variants: Vec<_> = NAMES.into_iter().zip(values).collect();
    variants.rotate_left(2);
    variants.try_into().unwrap()
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn a_variant_flag_decides_by_the_rule(
        description in description(), keys in keys(), shares in option::weighted(0.8, shares()),
        subjects in vec(subject(), 8),
    ) {
        let program = Program::start();
        let Description { is_enabled, is_archived, conditions, missing, .. } = &description;
        let mut new = program.flags.create_variants("THEME", values()).missing_attribute(*missing);
        if *is_enabled {
            new = new.enabled();
        }
        for checks in conditions {
            new = new.condition(condition(checks));
        }
        if let Some(shares) = &shares {
            let weights = shares.iter().map(|(name, slots)| (name.clone(), Percent::from_slots(*slots).0));
            new = new.bucketer(Bucketer::consistent(keys).weights(weights));
        }
        let flag = wait(new).unwrap();
        if *is_archived {
            wait(flag.archive()).unwrap();
        }
        // The bucketer decides whether or not a check passed.
        let rule = Description { bucketer: None, ..description.clone() };
        let otherwise = state(&flag).otherwise;
        for subject in subjects {
            let expected = if rule.decide(&subject, || unreachable!()) {
                let sole = |shares: &Shares| shares.iter().find(|(_, slots)| **slots == SLOTS).map(|(name, _)| name.clone());
                match &shares {
                    None => Some(values()[0].0.to_owned()),
                    Some(shares) if sole(shares).is_some() => sole(shares),
                    Some(_) => in_rollout(otherwise.as_ref().unwrap(), &subject, program.now().as_millis()),
                }
            } else {
                None
            };
            let expected = expected.as_deref();
            let variant = flag.variant(&subject);
            prop_assert_eq!(variant.as_deref(), expected, "{:?}: {}", subject, state(&flag).to_json());
            let value = expected.map(|name| values().into_iter().find(|(known, _)| *known == name).unwrap().1);
            prop_assert_eq!(flag.value(&subject), value.clone());
            prop_assert_eq!(program.flags.value("THEME", &subject), value);
            prop_assert_eq!(flag.is_enabled(&subject), expected.is_some());
            let context = program.flags.context(subject.clone());
            let variant = context.variant("THEME", &Attributes::new());
            prop_assert_eq!(variant.as_deref(), expected);
        }
    }
}
