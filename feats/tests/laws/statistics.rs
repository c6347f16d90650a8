//! Statistics: slots are uniformly distributed, and any two rollouts are independent.
//!
//! Seeds and users are fixed, so the tests are deterministic. The bounds are χ² below its 99.9% quantile, and counts within four
//! standard deviations.

use feats::attributes;
use feats::bucketing::Seed;
use feats::bucketing::allocation::{Shares, initial};
use feats::model::{Rollout, SLOTS};

use super::desk::{Desk, by_user, moves_of_rule};
use super::world::{NAMES, START, choose, feature, only, route};

/// Returns units of typical kinds.
fn units(count: u32) -> [Vec<String>; 3] {
    let each = |unit: fn(u32) -> String| (0..count).map(unit).collect();
    [
        each(|at| at.to_string()),
        each(|at| format!("user-{at}@example.org")),
        each(|at| format!("{:08x}-0000-4000-8000-{:012x}", at.wrapping_mul(2_654_435_761), at)),
    ]
}

/// Returns the approximate 99.9% quantile of χ², after Wilson and Hilferty.
fn chi_square_limit(freedom: f64) -> f64 {
    let spread = 2.0 / (9.0 * freedom);
    freedom * (1.0 - spread + 3.09 * spread.sqrt()).powi(3)
}

fn chi_square(observed: &[u32], expected: &[f64]) -> f64 {
    let terms = observed.iter().zip(expected).map(|(observed, expected)| {
        let difference = f64::from(*observed) - expected;
        difference * difference / expected
    });
    terms.sum()
}

#[test]
fn slots_are_uniform_for_every_kind_of_unit() {
    const CELLS: usize = 100;
    for units in units(40_000) {
        for seed in ["", "9f3k2m7q1x8c4v5b", "a", "b"] {
            let seed = Seed::new(seed);
            let mut observed = [0; CELLS];
            for unit in &units {
                observed[seed.slot_of(unit.as_bytes()) as usize / (SLOTS as usize / CELLS)] += 1;
            }
            let found = chi_square(&observed, &[400.0; CELLS]);
            assert!(found < chi_square_limit(99.0), "{found} for {:?}", units[0]);
        }
    }
}

/// Includes consecutive user ids, and seeds that differ in one character. The result is summed over 45 pairs of rollouts.
#[test]
fn two_rollouts_are_independent() {
    const SEEDS: [&str; 10] =
        ["a", "b", "aa", "ab", "ba", "9f3k2m7q1x8c4v5b", "9f3k2m7q1x8c4v5c", "1", "2", "seed/share"];
    let users = 20_000;
    for percent in [10, 50] {
        let limit = percent * (SLOTS / 100);
        for units in units(users) {
            let within = |seed| -> Vec<bool> {
                let seed = Seed::new(seed);
                units.iter().map(|unit| seed.slot_of(unit.as_bytes()) < limit).collect()
            };
            let rollouts = SEEDS.map(within);
            let pairs = (0..SEEDS.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
            let found: f64 = pairs.map(|(a, b)| independence(&rollouts[a], &rollouts[b])).sum();
            let limit = chi_square_limit(45.0);
            assert!(found < limit, "{found} of {limit} at {percent} % for {:?}", units[0]);
            assert!(independence(&rollouts[0], &rollouts[0]) > limit, "the test does not detect dependence");
        }
    }
}

/// Returns χ² with one degree of freedom for the two-by-two table of two traits.
fn independence(one: &[bool], other: &[bool]) -> f64 {
    let mut observed = [0_u32; 4];
    for (one, other) in one.iter().zip(other) {
        observed[usize::from(*one) * 2 + usize::from(*other)] += 1;
    }
    let all = f64::from(observed.iter().sum::<u32>());
    let [neither, only_other, only_one, both] = observed.map(f64::from);
    let (ones, others) = (only_one + both, only_other + both);
    let expected = [(all - ones) * (all - others), (all - ones) * others, ones * (all - others), ones * others];
    debug_assert!((neither + only_other + only_one + both - all).abs() < 0.5);
    chi_square(&observed, &expected.map(|product| product / all))
}

/// The entry into an experiment does not depend on the arm.
#[test]
fn the_position_of_entry_is_independent_of_the_slot() {
    for units in units(20_000) {
        let half = |seed: &str| -> Vec<bool> {
            let seed = Seed::new(seed);
            units.iter().map(|unit| seed.slot_of(unit.as_bytes()) < SLOTS / 2).collect()
        };
        let found = independence(&half("experiment"), &half("experiment/share"));
        assert!(found < chi_square_limit(1.0), "{found} for {:?}", units[0]);
    }
}

#[test]
fn shares_are_those_of_users_within_statistical_error() {
    let feature = feature();
    let users = 20_000;
    for shares in [
        [("acme", 950_000), ("aperture", 50_000), ("zeta", 0)],
        [("acme", 333_333), ("aperture", 333_333), ("zeta", 333_334)],
        [("acme", 1_000), ("aperture", 998_999), ("zeta", 1)],
    ] {
        let shares: Shares = shares.map(|(name, slots)| (name.to_owned(), slots)).into();
        let rollout = Rollout { seed: Some("fixed".to_owned()), slots: initial(&shares, 1), ..by_user(&shares) };
        let route = route(&only(rollout), &feature);
        let mut counted = [0_u32; NAMES.len()];
        for id in 0..users {
            let outcome = choose(&route, &feature, &attributes! { "UserId" => id }, START, 0);
            counted[usize::from(outcome.choice)] += 1;
        }
        for (name, counted) in NAMES.iter().zip(counted) {
            let share = f64::from(shares.get(*name).copied().unwrap_or(0)) / f64::from(SLOTS);
            assert_within_error(counted, share, users);
        }
    }
}

/// The counted share of moved users matches the impact.
#[test]
fn the_share_that_moves_is_that_of_users_within_statistical_error() {
    let desk = Desk::open();
    let shares =
        |aperture: u32| Shares::from([("acme".to_owned(), SLOTS - aperture), ("aperture".to_owned(), aperture)]);
    let fixed = Rollout { seed: Some("fixed".to_owned()), ..by_user(&shares(50_000)) };
    desk.roll_out(fixed).unwrap();
    let before = desk.users(0..5_000);
    let published = desk.roll_out(by_user(&shares(300_000))).unwrap();
    let moves = moves_of_rule(published.impact(), "canary").0;
    let share = f64::from(moves[&("acme".to_owned(), "aperture".to_owned())]) / f64::from(SLOTS);
    let moved = before.iter().zip(desk.users(0..5_000)).filter(|(before, after)| before.0 != after.0).count();
    assert_within_error(u32::try_from(moved).unwrap(), share, 5_000);
}

#[track_caller]
fn assert_within_error(counted: u32, share: f64, of: u32) {
    let expected = share * f64::from(of);
    let deviation = (expected * (1.0 - share)).sqrt();
    assert!((f64::from(counted) - expected).abs() <= 4.0 * deviation + 1.0, "{counted}, not about {expected}");
}
