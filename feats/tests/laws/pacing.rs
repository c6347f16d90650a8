//! Publishing during a ramp: at that instant only the units in the impact move, and the ramp continues from there.

use feats::Timestamp;
use feats::bucketing::allocation::{self, Shares, has_shares, moves};
use feats::model::{Condition, Ramp, RampFrom, Rollout, SLOTS, Selector};
use proptest::option;
use proptest::prelude::*;

use super::desk::{Desk, Moves, allocation_at, by_user, moves_of_rule};
use super::generators::{shares, weights};
use super::interpreter::owner;
use super::world::{START, cases, wait};

const HOUR: u64 = 3_600_000;

fn over(millis: u64) -> Ramp {
    Ramp::new("", format!("{millis}ms"))
}

fn ramped(shares: &Shares, ramp: Ramp) -> Rollout {
    Rollout { ramp: Some(ramp), ..by_user(shares) }
}

/// A publish during a ramp.
#[derive(Clone, Debug)]
enum Publish {
    /// Pauses the ramp.
    Pause,
    /// Sets another target with a new ramp.
    Retarget(Shares, Option<Ramp>),
    /// Sets another target with the same end of the ramp.
    RetargetInTime(Shares),
    /// Edits the weights in the stored state.
    RetargetInPlace(Shares),
    Unrelated,
    SameAgain,
    RollBack(u64),
}

fn publish() -> impl Strategy<Value = Publish> {
    let start = prop_oneof![Just(None), (-3_i64..3).prop_map(Some)];
    let from = option::of(shares());
    let ramp = (start, 0..4 * HOUR, from).prop_map(|(hour, duration, from)| Ramp {
        start: hour.map_or_else(String::new, |hour| Timestamp::from_millis(START + hour * 3_600_000).to_string()),
        from: from.map(|shares| RampFrom::Weights(weights(&shares))),
        ..over(duration)
    });
    prop_oneof![
        Just(Publish::Pause),
        (shares(), option::of(ramp)).prop_map(|(shares, ramp)| Publish::Retarget(shares, ramp)),
        shares().prop_map(Publish::RetargetInTime),
        shares().prop_map(Publish::RetargetInPlace),
        Just(Publish::Unrelated),
        Just(Publish::SameAgain),
        (1..4_u64).prop_map(Publish::RollBack),
    ]
}

impl Publish {
    fn run(self, desk: &Desk) -> feats::Published {
        let canary = desk.canary();
        let same_ramp = canary.ramp.clone().map(|ramp| Ramp { from: None, ..ramp });
        let published = match self {
            Publish::Pause => desk.roll_out(by_user(&allocation::shares(&desk.allocation()))),
            Publish::Retarget(shares, ramp) => desk.roll_out(Rollout { ramp, ..by_user(&shares) }),
            Publish::RetargetInTime(shares) => desk.roll_out(Rollout { ramp: same_ramp, ..by_user(&shares) }),
            Publish::RetargetInPlace(shares) => desk.roll_out(Rollout { weights: weights(&shares), ..canary }),
            Publish::Unrelated => {
                let otherwise = Selector::Static("zeta".to_owned());
                wait(desk.feature.edit().otherwise(otherwise).author("ada").publish())
            }
            Publish::SameAgain => desk.roll_out(Rollout { slots: Vec::new(), seed: None, ramp: same_ramp, ..canary }),
            Publish::RollBack(version) => desk.roll_back(version.min(desk.feature.version())),
        };
        published.unwrap()
    }
}

/// Returns an app with a ramp of two hours from the first to the second shares.
fn in_ramp(first: &Shares, second: &Shares) -> Desk {
    let desk = Desk::open();
    desk.roll_out(by_user(first)).unwrap();
    desk.roll_out(ramped(second, over(2 * HOUR))).unwrap();
    desk
}

proptest! {
    #![proptest_config(cases(50))]

    #[test]
    fn at_that_instant_exactly_the_units_of_the_impact_move(
        first in shares(), second in shares(), publishes in prop::collection::vec((0..HOUR, publish()), 1..5),
    ) {
        let desk = in_ramp(&first, &second);
        let mut now = 0;
        for (pause, publish) in publishes {
            now += pause;
            desk.set(now);
            let (stood, before) = (desk.canary(), desk.allocation());
            let published = publish.run(&desk);
            let after = desk.allocation();
            let (at_once, later) = moves_of_rule(published.impact(), "canary");
            prop_assert_eq!(&at_once, &moves(&before, &after), "{}", published.impact());
            if desk.canary() != stood {
                prop_assert_eq!(&later, &moves(&after, &desk.canary().slots), "{}", published.impact());
            }
            for (choice, slot) in desk.users(0..20) {
                prop_assert_eq!(&*choice, owner(&after, slot.unwrap()));
            }
        }
    }

    #[test]
    fn a_pause_moves_no_unit(first in shares(), second in shares(), at in 0..3 * HOUR, then in 0..9 * HOUR) {
        let desk = in_ramp(&first, &second);
        desk.set(at);
        let before = desk.allocation();
        prop_assert!(moves_of_rule(Publish::Pause.run(&desk).impact(), "canary") == (Moves::new(), Moves::new()));
        desk.set(at + then);
        prop_assert_eq!(moves(&before, &desk.allocation()), Moves::new());
    }

    #[test]
    fn an_edit_of_another_part_does_not_change_the_ramp(
        first in shares(), second in shares(), at in 0..3 * HOUR, then in 0..9 * HOUR,
    ) {
        let desk = in_ramp(&first, &second);
        desk.set(at);
        let before = desk.canary();
        prop_assert_eq!(moves_of_rule(Publish::Unrelated.run(&desk).impact(), "canary"), Default::default());
        prop_assert_eq!(&desk.canary(), &before);
        desk.set(at + then);
        prop_assert_eq!(desk.allocation(), allocation_at(&before, desk.now()));
    }

    #[test]
    fn republishing_a_ramp_does_not_change_its_end(
        first in shares(), second in shares(), at in 0..2 * HOUR,
    ) {
        let desk = in_ramp(&first, &second);
        let target = desk.canary().slots;
        desk.set(at);
        let before = desk.allocation();
        Publish::SameAgain.run(&desk);
        prop_assert_eq!(moves(&before, &desk.allocation()), Moves::new());
        desk.set(2 * HOUR);
        prop_assert_eq!(moves(&target, &desk.allocation()), Moves::new());
    }

    #[test]
    fn another_target_keeps_the_end_of_the_ramp(
        first in shares(), second in shares(), third in shares(), at in 0..2 * HOUR, in_place in any::<bool>(),
    ) {
        let desk = in_ramp(&first, &second);
        desk.set(at);
        let before = desk.allocation();
        let publish = if in_place { Publish::RetargetInPlace } else { Publish::RetargetInTime };
        publish(third.clone()).run(&desk);
        let standing = desk.allocation();
        prop_assert_eq!(moves(&before, &standing), Moves::new(), "a unit moves at that instant");
        desk.set(2 * HOUR);
        let end = desk.allocation();
        prop_assert!(has_shares(&end, &third));
        let (owned, least) = (allocation::shares(&standing), moves(&standing, &end).values().sum::<u32>());
        let grown = third.iter().map(|(name, slots)| slots.saturating_sub(owned.get(name).copied().unwrap_or(0)));
        prop_assert_eq!(least, grown.sum::<u32>(), "more slots than necessary move");
    }

    #[test]
    fn a_reversed_ramp_returns_exactly_the_newest_slots(from in 0..100_u32, to in 0..=100_u32, at in 0..3 * HOUR) {
        let shares = |percent: u32| {
            let slots = percent * (SLOTS / 100);
            Shares::from([("acme".to_owned(), SLOTS - slots), ("premium".to_owned(), slots)])
        };
        let desk = in_ramp(&shares(from), &shares(to.max(from)));
        let first = allocation::initial(&shares(from), 1);
        desk.set(at);
        desk.roll_out(ramped(&shares(from), over(HOUR))).unwrap();
        desk.set(at + HOUR);
        prop_assert_eq!(moves(&first, &desk.allocation()), Moves::new());
    }

    #[test]
    fn a_ramp_starts_from_the_given_weights(first in shares(), from in shares(), to in shares()) {
        let desk = Desk::open();
        desk.roll_out(by_user(&first)).unwrap();
        let ramp = Ramp { from: Some(RampFrom::Weights(weights(&from))), ..over(HOUR) };
        desk.roll_out(ramped(&to, ramp)).unwrap();
        prop_assert!(has_shares(&desk.allocation(), &from));
        desk.set(HOUR);
        prop_assert!(has_shares(&desk.allocation(), &to));
    }
}

#[test]
fn a_ramp_in_place_of_a_static_choice_starts_from_it() {
    let desk = Desk::open();
    let fixed = Selector::Static("premium".to_owned());
    wait(desk.feature.edit().rule("canary", Condition::always(), fixed).author("ada").publish()).unwrap();
    let half = Shares::from([("acme".to_owned(), SLOTS / 2), ("premium".to_owned(), SLOTS / 2)]);
    let published = desk.roll_out(ramped(&half, over(HOUR))).unwrap();
    let half = Moves::from([(("premium".to_owned(), "acme".to_owned()), SLOTS / 2)]);
    assert_eq!(moves_of_rule(published.impact(), "canary"), (Moves::new(), half));
    assert!(desk.users(0..50).iter().all(|(choice, _)| choice == "premium"));
    desk.set(HOUR / 2);
    assert_eq!(allocation::shares(&desk.allocation())["acme"], SLOTS / 4);
}

#[test]
fn a_ramp_with_an_earlier_start_is_in_progress() {
    let desk = Desk::open();
    let all = |name: &str| Shares::from([(name.to_owned(), SLOTS)]);
    desk.roll_out(by_user(&all("acme"))).unwrap();
    let ramp = Ramp { start: "2026-12-01T08:30:00Z".to_owned(), ..over(2 * HOUR) };
    let published = desk.roll_out(ramped(&all("zeta"), ramp)).unwrap();
    let quarters = |quarters| Moves::from([(("acme".to_owned(), "zeta".to_owned()), quarters * (SLOTS / 4))]);
    assert_eq!(moves_of_rule(published.impact(), "canary"), (quarters(1), quarters(3)));
    assert_eq!(moves(&desk.canary().slots, &desk.allocation()).values().sum::<u32>(), 3 * (SLOTS / 4));
    desk.set(HOUR + HOUR / 2);
    assert_eq!(desk.allocation(), desk.canary().slots);
}

#[test]
fn a_ramp_with_a_later_start_moves_no_unit_before() {
    let desk = Desk::open();
    let all = |name: &str| Shares::from([(name.to_owned(), SLOTS)]);
    desk.roll_out(by_user(&all("acme"))).unwrap();
    let ramp = Ramp { start: "2026-12-01T10:00:00Z".to_owned(), ..over(0) };
    desk.roll_out(ramped(&all("zeta"), ramp)).unwrap();
    Publish::RetargetInTime(all("premium")).run(&desk);
    for (millis, expected) in [(0, "acme"), (HOUR - 1, "acme"), (HOUR, "premium")] {
        desk.set(millis);
        assert_eq!(desk.users(0..1)[0].0, expected, "after {millis} ms");
    }
}
