//! Units of several values: which values have the same slot, and what growth and a change of notation keep.

use feats::ErrorKind;
use feats::bucketing::allocation::{self, Shares};
use feats::bucketing::{Seed, UnitHasher};
use feats::describe;
use feats::explain::NotEnrolled;
use feats::explain::Verdict;
use feats::model::{By, DISABLED, Declaration, ENABLED, Rollout};
use feats::{Attributes, State, Value, attributes};
use proptest::collection::vec;
use proptest::prelude::*;

use super::desk::{Desk, by_user};
use super::generators::{shares, value};
use super::interpreter::Interpreter;
use super::world::{START, cases, choose, enabled_flag, feature, only, program, route, traced};

const SEED: &str = "9f3k2m7q1x8c4v5b";

/// Segments that a unit can have, in the order of the generated values.
const SEGMENTS: [&str; 4] = ["Country", "Plan", "UserId", "Tester"];

/// Returns a stored state with a rollout to half of the units. By all attributes, it is that of a flag.
fn halves(by: &By) -> (State, Declaration) {
    let (choices, declaration) = match by.is_all() {
        true => ([DISABLED, ENABLED], Declaration::flag("Flag")),
        false => (["acme", "premium"], feature()),
    };
    let mut rollout = Rollout::new(by.clone(), choices.map(|choice| (choice, 50.0)));
    rollout.seed = Some(SEED.to_owned());
    rollout.slots = allocation::initial(&choices.map(|choice| (choice.to_owned(), 500_000)).into(), 1);
    (if by.is_all() { enabled_flag(rollout) } else { only(rollout) }, declaration)
}

fn subject<'v>(values: &[Value<'v>]) -> Attributes<'v> {
    SEGMENTS.into_iter().zip(values.iter().cloned()).collect()
}

fn slot(by: &By, subject: &Attributes<'_>) -> Option<u32> {
    let (state, declaration) = halves(by);
    choose(&route(&state, &declaration), &declaration, subject, START, 0).slot
}

fn half() -> Shares {
    [("acme".to_owned(), 500_000), ("premium".to_owned(), 500_000)].into()
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn the_slot_of_several_values_is_that_of_the_interpreter(
        values in vec(value(), 0..=4), count in 0..=4_usize, reverse in any::<bool>(),
    ) {
        let mut names = SEGMENTS[..count].to_vec();
        if reverse {
            names.reverse();
        }
        let (by, subject) = (names.into_iter().collect::<By>(), subject(&values));
        let (state, declaration) = halves(&by);
        let naive =
            Interpreter { declaration: &declaration, program: &program(), subject: &subject, now: START, draw: 0 };
        prop_assert_eq!(slot(&by, &subject), naive.decide(&state).slot, "{} {:?}", by, subject);
    }

    /// Lengths separate the values, so no other values have the same bytes.
    #[test]
    fn different_values_are_different_units(one in vec("[0-2:a]{0,3}", 2..=4), other in vec("[0-2:a]{0,3}", 2..=4)) {
        prop_assume!(one != other);
        let slots = |values: &[String], seed: &str| {
            let mut unit = UnitHasher::new(Seed::new(seed));
            values.iter().for_each(|value| assert!(unit.push(&Value::from(value.as_str()))));
            unit.slot()
        };
        prop_assert!(["a", "b", "c"].iter().any(|seed| slots(&one, seed) != slots(&other, seed)));
    }

    #[test]
    fn a_growing_share_keeps_the_units_of_several_values(all in vec(shares(), 2..5)) {
        let desk = Desk::open();
        let roll_out = |shares: &Shares| {
            desk.roll_out(Rollout { by: ["Country", "UserId"].into(), ..by_user(shares) }).unwrap();
            let decide = |id: u32| desk.feature.explain(&attributes! { "Country" => "CA", "UserId" => id });
            (0..50).map(|id| decide(id).value().to_string()).collect::<Vec<_>>()
        };
        let served: Vec<_> = all.iter().map(|shares| (shares, roll_out(shares))).collect();
        for pair in served.windows(2) {
            let [(before, earlier), (after, later)] = pair else { unreachable!() };
            for (was, is) in earlier.iter().zip(later) {
                let grows = after.get(was).copied().unwrap_or(0) >= before.get(was).copied().unwrap_or(0);
                prop_assert!(was == is || !grows, "{} moves to {}", was, is);
            }
        }
    }
}

#[test]
fn values_do_not_run_together() {
    let by = By::from(["Country", "Plan"]);
    let slot = |country: &'static str, plan: &'static str| {
        slot(&by, &attributes! { "Country" => country, "Plan" => plan }).unwrap()
    };
    assert_ne!(slot("ab", "c"), slot("a", "bc"));
    assert_ne!(slot("abc", ""), slot("", "abc"));
    assert_ne!(slot("1:a", ""), slot("", "1:a"));
}

#[test]
fn another_order_of_the_segments_is_another_unit() {
    let [one, other] = [["Country", "UserId"], ["UserId", "Country"]].map(By::from);
    let moved = (0..1_000).filter(|id| {
        let subject = attributes! { "Country" => "CA", "UserId" => *id };
        slot(&one, &subject) != slot(&other, &subject)
    });
    assert!(moved.count() > 990);
}

#[test]
fn a_list_of_one_segment_has_the_units_of_that_segment() {
    for value in [Value::from(42), Value::from("42"), Value::from(42.0), Value::from(true), Value::from("")] {
        let subject = attributes! { "UserId" => value };
        let one = slot(&"UserId".into(), &subject);
        assert!(one.is_some());
        assert_eq!(slot(&["UserId"].into(), &subject), one);
    }
}

#[test]
fn a_change_of_notation_moves_no_unit() {
    let desk = Desk::open();
    desk.roll_out(by_user(&half())).unwrap();
    let (before, users) = (desk.canary(), desk.users(0..200));
    let list = Rollout { by: ["UserId"].into(), ..by_user(&half()) };
    let published = desk.roll_out(list).unwrap();
    assert!(!published.impact().reshuffles() && published.impact().lines.is_empty(), "{}", published.impact());
    let after = desk.canary();
    assert_eq!((after.seed, after.slots), (before.seed, before.slots));
    assert_eq!(desk.users(0..200), users);
}

#[test]
fn another_segment_of_the_unit_needs_confirmation() {
    let desk = Desk::open();
    let by = |names: &[&str]| Rollout { by: names.iter().copied().collect(), ..by_user(&half()) };
    desk.roll_out(by(&["UserId", "Country"])).unwrap();
    let seed = desk.canary().seed;
    for names in [&["Country", "UserId"][..], &["UserId"], &["UserId", "Country", "Plan"]] {
        let error = desk.roll_out(by(names)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NeedsConfirmation, "{names:?}");
        let same_seed = Rollout { seed: seed.clone(), ..by(names) };
        assert_eq!(desk.roll_out(same_seed).unwrap_err().kind(), ErrorKind::NeedsConfirmation, "{names:?}");
    }
    desk.roll_out(by(&["UserId", "Country"])).unwrap();
    assert_eq!(desk.canary().seed, seed);
}

#[test]
fn a_subject_needs_all_values_of_its_unit() {
    let by = By::from(["Country", "UserId"]);
    let skipped = |by: &By, subject: &Attributes<'_>| {
        let (state, declaration) = halves(by);
        let trace = traced(&state, &declaration, subject, START, 0);
        match trace.steps[0].verdict {
            Verdict::NotEnrolled { reason } => (reason, describe::trace(&trace)[0].to_string()),
            ref other => panic!("{other:?}"),
        }
    };
    for (by, subject, reason, text) in [
        (&by, attributes! { "UserId" => 42 }, NotEnrolled::NoUnit, "Country is not set"),
        (&by, attributes! {}, NotEnrolled::NoUnit, "Country and UserId are not set"),
        (&by, attributes! { "Country" => "CA", "UserId" => 4.5 }, NotEnrolled::NotAUnit, "UserId 4.5 is not a unit"),
        (
            &by,
            attributes! { "Country" => 0.5, "UserId" => 4.5 },
            NotEnrolled::NotAUnit,
            "Country 0.5 and UserId 4.5 are not units",
        ),
        (&By::from([""; 0]), attributes! {}, NotEnrolled::NoUnit, "no attributes are set"),
        (&By::from([""; 0]), attributes! { "a" => 1, "b" => 4.5 }, NotEnrolled::NotAUnit, "b 4.5 is not a unit"),
    ] {
        assert_eq!(skipped(by, &subject), (reason, format!("Everyone else: skipped: {text}.")));
    }
}

#[test]
fn a_trace_names_all_values_of_the_unit() {
    let subject = attributes! { "Country" => "CA", "UserId" => 42 };
    for (by, unit) in [
        (By::from(["Country", "UserId"]), "Country CA and UserId 42 have"),
        (By::from(["UserId"]), "UserId 42 has"),
        (By::from([""; 0]), "Country CA and UserId 42 have"),
    ] {
        let (state, declaration) = halves(&by);
        let trace = traced(&state, &declaration, &subject, START, 0);
        let text = describe::trace(&trace)[0].to_string();
        assert!(text.contains(&format!(". {unit} slot ")), "{text}");
        assert_eq!(trace.steps[0].bucketing.as_ref().unwrap().slot, slot(&by, &subject));
    }
}
