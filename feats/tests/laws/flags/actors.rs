//! The gates of Flypper, written natively: a flag is enabled for listed actors and for a percentage of actors, if it has these
//! gates.

use feats::flags::{Bucketer, Flag};
use feats::model::SLOTS;
use feats::{Attributes, State, Value};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::description::{percentage, slots};
use super::program::{Program, state};
use super::rule::in_rollout;
use crate::generators::{operand, value};
use crate::world::{cases, wait};

/// A flag with the gates of Flypper.
#[derive(Clone, Debug, Default)]
pub(super) struct Gates {
    pub(super) is_enabled: bool,
    pub(super) is_deleted: bool,
    /// The key of the actors and their ids.
    pub(super) actors: Option<(String, Vec<Value<'static>>)>,
    /// The key of the actors and their percentage.
    pub(super) percentage: Option<(String, f64)>,
}

impl Gates {
    /// Writes the flag. A rule without a choice for those who pass lets the percentage decide for listed actors.
    pub(super) fn write(&self, program: &Program, name: &str) -> feats::Result<Flag> {
        let mut new = program.flags.upsert(name).enabled();
        if let Some((key, percentage)) = &self.percentage {
            new = new.bucketer(Bucketer::consistent([key.clone()]).percentage(*percentage));
        }
        let flag = wait(new)?;
        if !self.is_enabled {
            wait(flag.disable())?;
        }
        if let Some((key, ids)) = &self.actors {
            let mut json = state(&flag).to_json();
            let listed = json!({ "all": [{ "segment": key, "in": ids }] });
            let gate = json!({ "conditions": [listed], "missing": "fail", "fail": "disabled" });
            json["rules"] = json!([{ "name": "actors", "select": { "gate": gate } }]);
            wait(flag.edit()?.replace(State::from_json(&json)).author("ada").publish())?;
        }
        if self.is_deleted {
            wait(flag.archive())?;
        }
        Ok(flag)
    }

    pub(super) fn decide(&self, subject: &Attributes<'_>, bucket: impl FnOnce() -> bool) -> bool {
        let is_listed =
            |(key, ids): &(String, Vec<Value<'_>>)| subject.get(key).is_some_and(|actor| ids.contains(actor));
        self.is_enabled
            && !self.is_deleted
            && self.actors.as_ref().is_none_or(is_listed)
            && self.percentage.as_ref().is_none_or(|(_, percentage)| *percentage == 100.0 || bucket())
    }
}

fn gates() -> impl Strategy<Value = Gates> {
    let key = || select(vec!["user_id", "segment"]).prop_map(str::to_owned);
    let actors = option::of((key(), vec(operand(), 0..6)));
    let share = option::of((key(), slots().prop_map(percentage)));
    (any::<bool>(), option::weighted(0.1, Just(())), actors, share).prop_map(
        |(is_enabled, deleted, actors, percentage)| Gates {
            is_enabled,
            is_deleted: deleted.is_some(),
            actors,
            percentage,
        },
    )
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn all_gates_must_pass(
        gates in gates(), subjects in vec((option::of(value()), option::of(value())), 8),
    ) {
        let program = Program::start();
        let flag = gates.write(&program, "beta").unwrap();
        let otherwise = state(&flag).otherwise;
        for (user_id, segment) in subjects {
            let present = [("user_id", user_id), ("segment", segment)];
            let subject: Attributes<'_> = present.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
            let bucket = || {
                let choice = in_rollout(otherwise.as_ref().unwrap(), &subject, program.now().as_millis());
                choice.as_deref() == Some("enabled")
            };
            let expected = gates.decide(&subject, bucket);
            prop_assert_eq!(flag.is_enabled(&subject), expected, "{:?}: {}", subject, state(&flag).to_json());
        }
    }
}

/// Listed actors are still subject to the percentage.
#[test]
fn a_listed_actor_outside_of_the_percentage_is_not_served() {
    let program = Program::start();
    let gates = Gates {
        is_enabled: true,
        actors: Some(("user".to_owned(), (0..100).map(Value::from).collect())),
        percentage: Some(("user".to_owned(), percentage(SLOTS / 2))),
        ..Gates::default()
    };
    let flag = gates.write(&program, "beta").unwrap();
    let served = (0..200).filter(|id| flag.is_enabled(&feats::attributes! { "user" => *id })).collect::<Vec<_>>();
    assert!((25..75).contains(&served.len()), "{}", served.len());
    assert!(served.iter().all(|id| *id < 100));
}
