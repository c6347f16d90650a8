//! Bucketing: which slot a unit falls into, who owns which slots, and who moves when weights change.
//!
//! # Slots
//!
//! There are 1 000 000 slots. The slot of a unit is
//!
//! ```text
//! slot = (xxh3_64(unit, seed = xxh3_64(seed)) · 1 000 000) / 2⁶⁴, rounded down
//! ```
//!
//! where `unit` and `seed` are UTF-8 bytes, `xxh3_64` is [XXH3](https://github.com/Cyan4973/xxHash) with 64 bits, and the product
//! has 128 bits. This function is frozen: any other one would move every user.
//!
//! | value | its bytes as a unit |
//! |---|---|
//! | text | as it is, in UTF-8; the empty text is a unit |
//! | integer | decimal ASCII digits, after `-` if it is negative |
//! | bool | `true` or `false` |
//! | whole float of up to 2⁵³ in magnitude | those of the integer that it equals; `-0.0` is `0` |
//! | any other float | none: it is not a unit |
//!
//! For `"by": "random"`, 64 random bits take the place of the hash, drawn for each decision.
//!
//! ```
//! use feats::bucketing::{Seed, scale};
//! use feats::Value;
//!
//! let seed = Seed::new("9f3k2m7q1x8c4v5b");
//! assert_eq!(scale(0x2d29_cd4f_c0a8_a132), 176_419, "the hash of 42 with this seed");
//! assert_eq!(seed.slot(&Value::from(42)), Some(176_419));
//! assert_eq!(seed.slot(&Value::from(42.0)), Some(176_419));
//! assert_eq!(seed.slot(&Value::from(-7)), Some(27_303));
//! assert_eq!(seed.slot(&Value::from(true)), Some(931_592));
//! assert_eq!(seed.slot(&Value::from("é")), Some(616_961));
//! assert_eq!(seed.slot(&Value::from("")), Some(467_926));
//! assert_eq!(seed.slot(&Value::from(4.2)), None);
//! ```
//!
//! # Allocations
//!
//! An allocation says who owns which slots: a list of runs `[implementation, how many slots, since which version]` in the order
//! of slots, 1 000 000 slots in all. A run of no slots has no meaning. A weight of w percent is w · 10 000 slots.
//!
//! The first allocation of a rollout has one run for each implementation with a weight above 0, in the order of their names (by
//! code point), since the version that is published. Later ones are made from the one before, and move as few slots as the new
//! weights need:
//!
//! 1. An implementation that owns more than its weight gives up the surplus: from its newest run first (the highest version; of
//!    equal ones the one with the highest slots), and from the end of a run.
//! 2. Implementations that own less than their weight take the freed slots, in the order of slots: the first one by name takes
//!    until it has enough, then the next. A slot that moves is owned since the version that is published.
//! 3. Neighbouring runs of one implementation and one version become one run.
//!
//! So growing keeps everyone who was in, and shrinking back returns the ones who came last.
//!
//! ```
//! use feats::bucketing::allocation::{Shares, reallocate};
//! use feats::model::Run;
//!
//! let run = |name: &str, slots, since| Run(name.to_owned(), slots, since);
//! let shares = |shares: &[(&str, u32)]| shares.iter().map(|(name, slots)| ((*name).to_owned(), *slots)).collect::<Shares>();
//! let one = [run("acme", 950_000, 1), run("aperture", 50_000, 1)];
//! let two = reallocate(&one, &shares(&[("acme", 900_000), ("aperture", 100_000)]), 2);
//! assert_eq!(two, [run("acme", 900_000, 1), run("aperture", 50_000, 2), run("aperture", 50_000, 1)]);
//! let three = reallocate(&two, &shares(&[("acme", 950_000), ("aperture", 50_000)]), 3);
//! assert_eq!(three, [run("acme", 900_000, 1), run("acme", 50_000, 3), run("aperture", 50_000, 1)]);
//! ```
//!
//! # Ramps
//!
//! A ramp moves slots one by one from the allocation `ramp.from` to the allocation `slots`. Laid over each other, the two cut the
//! slots into stretches with one owner before and one owner after. All slots that go between the same two implementations are
//! numbered from 0 in the order of slots: their *rank*. Of n such slots, after `elapsed` of `duration` (both in whole
//! milliseconds), those whose rank is below ⌊elapsed · n / duration⌋ belong to the owner after. Before `start` no slot has moved,
//! and from `start + duration` on every slot has; with a duration of zero all move at `start`. A slot never moves back, and each
//! decision reads the clock at most once.
//!
//! ```
//! use feats::bucketing::allocation::{Progress, ramped};
//! use feats::model::Run;
//!
//! let run = |name: &str, slots, since| Run(name.to_owned(), slots, since);
//! let from = [run("acme", 950_000, 1), run("aperture", 50_000, 1)];
//! let to = [run("acme", 900_000, 1), run("aperture", 50_000, 2), run("aperture", 50_000, 1)];
//! let third = ramped(&from, &to, Progress { elapsed: 3_600_000, duration: 10_800_000 });
//! assert_eq!(third, [run("acme", 900_000, 1), run("aperture", 16_666, 2), run("acme", 33_334, 1), run("aperture", 50_000, 1)]);
//! ```
//!
//! # Experiments
//!
//! An experiment is a rollout that remembers: a unit that has *used* an implementation of its weights keeps it. Whether a unit
//! enters follows from a second, independent slot: its *entry position* is the slot function with the seed `seed + "/share"`. It
//! enters if that is below share · 10 000; with a share of 100 everyone enters, and no position is computed.
//!
//! For most units the slot alone says what they used. `reassigned` lists those for which it may not: slots that changed hands, and
//! entry positions between the smallest and the largest share that there was. Let `reach` be the larger of share · 10 000 and the
//! highest end of all `entry` ranges.
//!
//! | the unit | its history | it gets |
//! |---|---|---|
//! | enters, its slot is in no `slot` range | is not looked up | the owner of its slot |
//! | enters, its slot is in a `slot` range | is looked up | what it used, if that is among the weights (also with weight 0); else the owner of its slot |
//! | does not enter, its entry position is below `reach` | is looked up | what it used, if that is among the weights; else the experiment passes it over |
//! | does not enter, its entry position is `reach` or above | is not looked up | the experiment passes it over |
//!
//! A look-up that is not answered in time counts as if the unit had used nothing; where the experiment then chooses, the reason
//! is `provisional`.
//!
//! ```
//! use feats::bucketing::Seed;
//!
//! assert_eq!(Seed::new("9f3k2m7q1x8c4v5b/share").slot_of(b"42"), 570_895, "enters at a share of 57.0896 % or more");
//! ```
//!
//! # Publishing
//!
//! A writer gives `by`, `weights`, and perhaps `share` and `ramp`. Publishing completes each selector from the newest state:
//!
//! - **The same selector** of the newest state is the one with the same seed, `by` and `of`; for a selector without a seed it is
//!   the one in the same place (the rule of the same name, or `otherwise`) with the same `by` and `of`, unless its seed is used
//!   elsewhere in the new state. An experiment that the newest state lacks is looked for in the history.
//! - **Seed**: that of the same selector, else a new random one. A seed is never made from a name.
//! - **Slots**: kept if they agree with the weights; else made with the fewest moves from where the same selector stands at the
//!   instant of publishing, in mid-ramp too; without one, the first allocation.
//! - **Ramp**: `from` is where the same selector stands, unless the writer says otherwise; without one, the static choice that
//!   was in its place. A ramp that goes on to other weights starts at the instant of publishing and keeps its end.
//! - **Reassigned**: what it was, and every slot that has another owner in the new `slots` than in those before, and the entry
//!   positions between the old and the new share. If one of the two allocations is not of 1 000 000 slots: everything. Ranges
//!   that overlap or touch are united.

pub mod allocation;
mod planner;
mod reassigned;
mod slots;

pub use planner::AllocationPlanner;
pub use slots::{Seed, scale};
