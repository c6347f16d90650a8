//! Ramps: the share follows a line between two percentages, within one slot.

use std::time::Duration;

use feats::flags::Bucketer;
use feats::model::SLOTS;
use feats::{Attributes, Timestamp, attributes};
use proptest::collection::vec;
use proptest::prelude::*;

use super::description::{keys, percentage, slots};
use super::program::{Program, rollout, share, state};
use super::rule::in_rollout;
use crate::world::{START, cases, wait};

const HOUR: u64 = 3_600_000;

/// Returns the exact number of slots of a line.
fn line(from: u32, to: u32, elapsed: i64, duration: u64) -> f64 {
    let progress = if elapsed < 0 {
        0.0
    } else if duration == 0 {
        1.0
    } else {
        (elapsed as f64 / duration as f64).min(1.0)
    };
    f64::from(from) + (f64::from(to) - f64::from(from)) * progress
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn the_share_follows_the_line(
        keys in keys(), from in slots(), to in slots(), start in -3_i64..3, duration in 0..4 * HOUR,
        instants in vec(0..8 * HOUR, 1..6),
    ) {
        let program = Program::start();
        let start = START + start * 1_800_000;
        let bucketer = Bucketer::consistent(keys.clone())
            .ramp(percentage(from), percentage(to), Duration::from_millis(duration))
            .starts_at(Timestamp::from_millis(start));
        let flag = wait(program.flags.create("RAMP").enabled().bucketer(bucketer)).unwrap();
        let (rollout, otherwise) = (rollout(&flag).unwrap(), state(&flag).otherwise.unwrap());
        let names = if keys.is_empty() { vec!["user_id"] } else { keys };
        let subjects: Vec<Attributes<'_>> =
            (0..50).map(|id| names.iter().map(|name| (*name, id)).collect()).collect();
        let mut instants = instants;
        instants.sort_unstable();
        let mut served = vec![false; subjects.len()];
        for instant in instants {
            program.set_elapsed(Duration::from_millis(instant));
            let now = program.now();
            let reached = share(&rollout.allocation_at(now), "enabled");
            let expected = line(from, to, now.as_millis() - start, duration);
            prop_assert!((f64::from(reached) - expected).abs() <= 1.0, "{} slots instead of {}", reached, expected);
            for (subject, was_served) in subjects.iter().zip(&mut served) {
                let choice = in_rollout(&otherwise, subject, now.as_millis());
                let is_served = flag.is_enabled(subject);
                prop_assert_eq!(is_served, choice.as_deref() == Some("enabled"), "{:?}", subject);
                prop_assert!(is_served || !*was_served || to < from, "{:?} leaves a growing ramp", subject);
                *was_served = is_served;
            }
        }
    }
}

/// Without a start, a ramp starts when it is written.
#[test]
fn a_ramp_starts_when_it_is_written() {
    let program = Program::start();
    let flag = wait(program.flags.create("RAMP").enabled()).unwrap();
    program.set_elapsed(Duration::from_secs(600));
    wait(flag.set_bucketer(Bucketer::consistent(["user"]).ramp(0.0, 100.0, Duration::from_secs(3_600)))).unwrap();
    let rollout = rollout(&flag).unwrap();
    for (seconds, expected) in [(0, 0), (600, 0), (2_400, SLOTS / 2), (4_200, SLOTS), (9_000, SLOTS)] {
        program.set_elapsed(Duration::from_secs(seconds));
        assert_eq!(share(&rollout.allocation_at(program.now()), "enabled"), expected, "after {seconds} s");
    }
    assert!(flag.is_enabled(&attributes! { "user" => 1 }));
}
