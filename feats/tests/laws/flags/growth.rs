//! Growth: another percentage moves exactly the difference, and everyone inside stays inside while it grows.

use feats::Attributes;
use feats::bucketing::allocation::{Shares, moves};
use feats::flags::{Bucketer, Flag};
use feats::model::{Percent, SlotRange};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::description::{keys, percentage, slots};
use super::program::{Program, rollout, share};
use crate::desk::Moves;
use crate::generators::shares;
use crate::world::{NAMES, cases, wait};

/// Returns a subject that is a unit of a bucketer with these keys.
fn unit(keys: &[&'static str], id: u32) -> Attributes<'static> {
    let keys = if keys.is_empty() { &["user_id", "plan"] } else { keys };
    keys.iter().copied().zip(id..).collect()
}

/// Returns the ids of the subjects for which a flag is enabled.
fn inside(flag: &Flag, keys: &[&'static str]) -> Vec<u32> {
    (0..200).filter(|id| flag.is_enabled(&unit(keys, 1_000 * id))).collect()
}

fn allocation(flag: &Flag) -> Vec<SlotRange> {
    rollout(flag).unwrap().slots
}

/// A way to set another percentage.
#[derive(Clone, Copy, Debug)]
enum Way {
    SetPercentage,
    SetBucketer,
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![Just(Way::SetPercentage), Just(Way::SetBucketer)]
}

impl Way {
    fn set(self, flag: &Flag, keys: &[&'static str], slots: u32) {
        match self {
            Way::SetPercentage => wait(flag.set_percentage(percentage(slots))),
            Way::SetBucketer => {
                wait(flag.set_bucketer(Bucketer::consistent(keys.to_vec()).percentage(percentage(slots))))
            }
        }
        .unwrap();
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn exactly_the_difference_moves(
        keys in keys(), start in slots(), path in vec((way(), slots()), 1..6), disables in any::<bool>(),
    ) {
        let program = Program::start();
        let bucketer = Bucketer::consistent(keys.clone()).percentage(percentage(start));
        let flag = wait(program.flags.create("HALF").enabled().bucketer(bucketer)).unwrap();
        let (mut slots, mut allocated, mut served) = (start, allocation(&flag), inside(&flag, &keys));
        prop_assert_eq!(share(&allocated, "enabled"), slots);
        for (way, next) in path {
            if disables {
                wait(flag.disable()).unwrap();
                wait(flag.enable()).unwrap();
            }
            way.set(&flag, &keys, next);
            let (now_allocated, now_served) = (allocation(&flag), inside(&flag, &keys));
            let expected = match next.cmp(&slots) {
                std::cmp::Ordering::Equal => Moves::new(),
                std::cmp::Ordering::Greater => {
                    Moves::from([(("disabled".to_owned(), "enabled".to_owned()), next - slots)])
                }
                std::cmp::Ordering::Less => {
                    Moves::from([(("enabled".to_owned(), "disabled".to_owned()), slots - next)])
                }
            };
            prop_assert_eq!(moves(&allocated, &now_allocated), expected);
            let (fewer, more) = if next < slots { (&now_served, &served) } else { (&served, &now_served) };
            prop_assert!(fewer.iter().all(|id| more.contains(id)), "{:?} is not within {:?}", fewer, more);
            (slots, allocated, served) = (next, now_allocated, now_served);
        }
    }

    /// The newest slots return first.
    #[test]
    fn a_return_to_an_earlier_percentage_serves_the_same_subjects(
        keys in keys(), first in slots(), higher in slots(), ways in (way(), way()),
    ) {
        let program = Program::start();
        let bucketer = Bucketer::consistent(keys.clone()).percentage(percentage(first.min(higher)));
        let flag = wait(program.flags.create("HALF").enabled().bucketer(bucketer)).unwrap();
        let (allocated, served) = (allocation(&flag), inside(&flag, &keys));
        ways.0.set(&flag, &keys, first.max(higher));
        ways.1.set(&flag, &keys, first.min(higher));
        prop_assert_eq!(moves(&allocated, &allocation(&flag)), Moves::new());
        prop_assert_eq!(inside(&flag, &keys), served);
    }

    /// Of the slots, only those move that some variant loses.
    #[test]
    fn other_weights_of_variants_move_the_fewest_units(keys in keys(), path in vec(shares(), 2..6)) {
        let program = Program::start();
        let bucketer = |shares: &Shares| {
            let weights = shares.iter().map(|(name, slots)| (name.clone(), Percent::from_slots(*slots).0));
            Bucketer::consistent(keys.clone()).weights(weights)
        };
        let new = program.flags.create_variants("THEME", NAMES.map(|name| (name, json!(name))));
        let flag = wait(new.enabled().bucketer(bucketer(&path[0]))).unwrap();
        for pair in path.windows(2) {
            let before = allocation(&flag);
            wait(flag.set_bucketer(bucketer(&pair[1]))).unwrap();
            let moved: u32 = moves(&before, &allocation(&flag)).values().sum();
            let lost = pair[0].iter().map(|(name, slots)| slots.saturating_sub(*pair[1].get(name).unwrap_or(&0)));
            prop_assert_eq!(moved, lost.sum::<u32>());
        }
    }
}
