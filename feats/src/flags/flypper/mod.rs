//! Flags of Flypper, the Python library `flypper`: what its stores keep, and the buckets of its actors.
//!
//! [`Flag`] is a flag in the JSON that Flypper writes. [`Flags::import`](super::Flags::import) takes it over with the buckets of its
//! actors; [`Flag::from_state`] is the way back.
//!
//! | key of Flypper's JSON | type |
//! |---|---|
//! | `name` | string |
//! | `deleted`, `enabled` | bool |
//! | `enabled_for_actors` | null, or an object: `actor_key` (string), `actor_ids` (list) |
//! | `enabled_for_percentage_of_actors` | null, or an object: `actor_key` (string), `percentage` (number from 0 to 100) |
//! | `updated_at` | number: seconds since 1970 |
//! | `version` | integer |
//!
//! All keys are required. Like Flypper, feats ignores all others.

mod bucket;
mod export;
mod flag;
mod read;

pub use self::bucket::bucket;
pub use self::flag::Flag;

pub(super) use self::flag::PercentageOfActors;
