//! Bucketing: the slot of a unit, the allocation of slots to implementations, and the effect of changed weights.
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
//! has 128 bits. This function is frozen: any change would reassign every unit.
//!
//! | value | its bytes as a unit |
//! |---|---|
//! | text | its UTF-8 bytes; empty text is a unit |
//! | integer | decimal ASCII digits, preceded by `-` if it is negative |
//! | bool | `true` or `false` |
//! | whole float of at most 2⁵³ in magnitude | the bytes of the equal integer; `-0.0` is `0` |
//! | any other float | none: it is not a unit |
//!
//! For `"by": "random"`, 64 random bits, drawn for each evaluation, replace the hash.
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
//! # Units of several values
//!
//! With a list of segments as `by`, the values of these segments together are the unit. Its bytes are, for each value in the order
//! of the list: the number of the value's bytes in the table above, as decimal ASCII digits; a colon; these bytes. So no two
//! different lists of values have the same bytes, and another order of the segments is another unit. A subject without one of the
//! values, or with one that is not a unit by itself, has no unit.
//!
//! A list of one segment has the same units as that segment alone: the bytes of the value, without their number. `["random"]` is
//! the segment of that name, not a draw.
//!
//! With `[]`, all attributes of the subject together are the unit: for each attribute, ordered by the bytes of its name, the name
//! and then the value, each preceded by its number of bytes and a colon. A subject without attributes has no unit.
//!
//! ```
//! use feats::bucketing::{Seed, UnitHasher};
//! use feats::Value;
//!
//! let seed = Seed::new("9f3k2m7q1x8c4v5b");
//! let mut unit = UnitHasher::new(seed);
//! assert!(unit.push(&Value::from("a")) && unit.push(&Value::from(42)));
//! assert_eq!(unit.slot(), seed.slot_of(b"1:a2:42"));
//! ```
//!
//! # Allocations
//!
//! An allocation assigns each of the 1 000 000 slots to an implementation. It is a list of slot ranges `[implementation, length,
//! since version]` in slot order, whose lengths sum to 1 000 000. Empty ranges have no meaning. A weight of w percent corresponds
//! to w · 10 000 slots.
//!
//! The first allocation of a rollout has one range for each implementation with a weight above 0, ordered by name (by code
//! point), since the version being published. A later allocation is derived from the previous one and moves as few slots as
//! the new weights require:
//!
//! 1. An implementation that owns more slots than its weight gives up the surplus: from its newest range first (the highest
//!    version; among equal versions, the range with the highest slots), and from the end of a range.
//! 2. Implementations that own fewer slots than their weight take the freed slots in slot order: the first one by name takes
//!    slots until its weight is reached, then the next one. A moved slot is owned since the version being published.
//! 3. Adjacent ranges with the same implementation and version are merged.
//!
//! So when an implementation grows, all its units keep it; when it shrinks back, exactly the units that came last leave.
//!
//! ```
//! use feats::bucketing::allocation::{Shares, reallocate};
//! use feats::model::SlotRange;
//!
//! let range = |name: &str, length, since| SlotRange::new(name, length, since);
//! let shares = |shares: &[(&str, u32)]| shares.iter().map(|(name, slots)| ((*name).to_owned(), *slots)).collect::<Shares>();
//! let one = [range("acme", 950_000, 1), range("aperture", 50_000, 1)];
//! let two = reallocate(&one, &shares(&[("acme", 900_000), ("aperture", 100_000)]), 2);
//! assert_eq!(two, [range("acme", 900_000, 1), range("aperture", 50_000, 2), range("aperture", 50_000, 1)]);
//! let three = reallocate(&two, &shares(&[("acme", 950_000), ("aperture", 50_000)]), 3);
//! assert_eq!(three, [range("acme", 900_000, 1), range("acme", 50_000, 3), range("aperture", 50_000, 1)]);
//! ```
//!
//! # Ramps
//!
//! A ramp moves slots one by one from the allocation `ramp.from` to the allocation `slots`. Overlaid, the two allocations divide
//! the slots into stretches with one owner before and one owner after the ramp. All slots that move between the same two
//! implementations are numbered from 0 in slot order; this number is their *rank*. Of n such slots, after `elapsed` of `duration`
//! (both in whole milliseconds), the slots with a rank below ⌊elapsed · n / duration⌋ have moved. Before `start`, no slot has
//! moved; from `start + duration` on, every slot has; with a duration of zero, all slots move at `start`. A slot never moves back,
//! and each evaluation reads the clock at most once.
//!
//! ```
//! use feats::bucketing::allocation::{Progress, interpolate};
//! use feats::model::SlotRange;
//!
//! let range = |name: &str, length, since| SlotRange::new(name, length, since);
//! let from = [range("acme", 950_000, 1), range("aperture", 50_000, 1)];
//! let to = [range("acme", 900_000, 1), range("aperture", 50_000, 2), range("aperture", 50_000, 1)];
//! let third = interpolate(&from, &to, Progress::new(3_600_000, 0, 10_800_000));
//! assert_eq!(third, [range("acme", 900_000, 1), range("aperture", 16_666, 2), range("acme", 33_334, 1), range("aperture", 50_000, 1)]);
//! ```
//!
//! With `ramp.step` = s above 1, slots move s at once: the number of moved slots is rounded down to a multiple of s, until the
//! ramp ends.
//!
//! # Buckets of other systems
//!
//! A rollout with `bucketing` goes on in the buckets of the system from which it was taken over, so that no unit changes sides.
//! The function of that system gives each unit one of N buckets, from 0. Bucket b owns the slots from b · 1 000 000 / N to before
//! (b + 1) · 1 000 000 / N, both rounded down; within them, the native hash of the same bytes decides:
//!
//! ```text
//! slot = first slot of b + (xxh3_64(bytes, seed = xxh3_64(seed)) · number of slots of b) / 2⁶⁴, rounded down
//! ```
//!
//! So a bucket that has one owner behaves as in the other system, and a share can grow by less than a bucket.
//!
//! | function | bytes | bucket | N | without an attribute |
//! |---|---|---|---|---|
//! | `flipper` | the JSON that Python's `json.dumps` writes for the list of the pairs `[name, value]` of the attributes in `by`, sorted by name; of all attributes for `[]` | SHA-1, a big-endian integer, modulo N | 100 | the JSON of the pairs that are there; `[]` without any |
//! | `flypper` | those of the [value as a unit](#slots) of the only attribute in `by` | MD5, a big-endian integer, modulo N | 10 000 | no slot |
//!
//! In Python's JSON, `1` and `1.0` differ; floats have the shortest digits that are read back as the same number, at least one
//! decimal, and an exponent below 10⁻⁴ and from 10¹⁶ (`1e-05`, `1e+16`); text has all characters but printable ASCII escaped.
//!
//! ```
//! use feats::bucketing::flipper::{FlipperUnit, bucket_of};
//! use feats::bucketing::{Seed, buckets};
//! use feats::Value;
//!
//! let mut unit = FlipperUnit::new(Seed::new("9f3k2m7q1x8c4v5b"));
//! unit.push("user_id", &Value::from(1));
//! let (bucket, slot) = unit.locate();
//! assert_eq!(bucket, bucket_of(br#"[["user_id", 1]]"#));
//! assert_eq!((bucket, buckets::slots(bucket, 100)), (48, 480_000..490_000));
//! assert!((480_000..490_000).contains(&slot));
//! ```
//!
//! A later allocation moves as few slots as any other, and returns the newest slots first. Among slots of the same version, the
//! default implementation gives up its first ones, and every other implementation its last ones; in the first allocation, the
//! default implementation owns the last slots. So an implementation beside the default owns the first buckets and grows bucket by
//! bucket, as in the other system.
//!
//! # Experiments
//!
//! An experiment is a rollout with sticky assignments: a unit that has *used* one of the weighted implementations keeps it.
//! A second, independent slot decides whether a unit enters: its *entry position* is the slot function with the seed
//! `seed + "/share"`. The unit enters if its entry position is below share · 10 000; with a share of 100, every unit enters, and
//! no entry position is computed.
//!
//! For most units, the slot alone determines what they have used. `reassigned` lists the exceptions: slots that changed owner,
//! and entry positions between the smallest and the largest share so far. Let `reach` be the larger of share · 10 000 and the
//! highest end of all `entry` ranges.
//!
//! | the unit | its history | it gets |
//! |---|---|---|
//! | enters; its slot is in no `slot` range | is not looked up | the owner of its slot |
//! | enters; its slot is in a `slot` range | is looked up | the implementation that it used, if it has a weight (0 included); else the owner of its slot |
//! | does not enter; its entry position is below `reach` | is looked up | the implementation that it used, if it has a weight; else the experiment does not choose |
//! | does not enter; its entry position is `reach` or above | is not looked up | the experiment does not choose |
//!
//! If a lookup is not answered in time, the unit counts as one that has used nothing; if the experiment then chooses, the reason
//! is `provisional`.
//!
//! ```
//! use feats::bucketing::Seed;
//!
//! assert_eq!(Seed::new("9f3k2m7q1x8c4v5b/share").slot_of(b"42"), 570_895, "enters at a share of 57.0896% or more");
//! ```
//!
//! # Publishing
//!
//! A writer sets `by`, `weights`, and optionally `share` and `ramp`. Publishing completes each selector from the newest state:
//!
//! - **The same selector** of the newest state is the one with the same seed, `by` (in either notation), `input` and
//!   `bucketing`. For a selector without a seed, it
//!   is the one in the same place (the rule with the same name, or `otherwise`) with the same `by` and `input`, unless the new
//!   state uses its seed elsewhere. An experiment that the newest state lacks is looked up in the history.
//! - **Seed**: that of the same selector, else a new random one. A seed is never derived from a name.
//! - **Slots**: kept if they match the weights. Otherwise they are derived, with the fewest moves, from the allocation that the
//!   same selector has at the time of publishing, even in the middle of a ramp; without such a selector, they are the first
//!   allocation.
//! - **Ramp**: `from` is the allocation that the same selector has at the time of publishing, unless the writer sets it; without
//!   such a selector, it is the static choice in the same place. A ramp whose target changes starts at the time of publishing and
//!   keeps its end.
//! - **Reassigned**: the previous ranges, every slot whose owner differs between the old and the new `slots`, and the entry
//!   positions between the old and the new share. If one of the two allocations does not cover 1 000 000 slots: all slots and
//!   entry positions. Overlapping and adjacent ranges are merged.

pub mod allocation;
pub mod buckets;
pub mod flipper;
pub mod flypper;
mod planner;
mod reassigned;
mod slots;
mod unit;

pub use planner::AllocationPlanner;
pub use slots::{Seed, scale};
pub use unit::UnitHasher;

/// Returns the remainder of a digest, a big-endian integer.
fn remainder(digest: &[u8], divisor: u32) -> u32 {
    let divisor = u64::from(divisor.max(1));
    let remainder = digest.iter().fold(0, |remainder, byte| (remainder << 8 | u64::from(*byte)) % divisor);
    u32::try_from(remainder).unwrap_or(0)
}
