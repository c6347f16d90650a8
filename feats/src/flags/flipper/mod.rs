//! Flags of Flipper, the Python library `flipper-client`: what its stores keep, and the buckets of its users.
//!
//! [`Item`] is a flag in the JSON that Flipper writes. [`Flags::import`](super::Flags::import) takes it over with the buckets of its
//! users; [`Item::from_state`] is the way back.
//!
//! | key of Flipper's JSON | type | if absent |
//! |---|---|---|
//! | `feature_name` | string | a problem |
//! | `is_enabled` | bool | a problem |
//! | `meta.created_date` | number: seconds since 1970 | a problem |
//! | `meta.client_data` | object | `{}` |
//! | `meta.conditions` | list of objects: lists of checks by variable | `[]` |
//! | `meta.bucketer` | object with a `type` | no bucketer |
//!
//! Like Flipper, feats ignores all other keys.

mod bucket;
mod bucketer;
mod condition;
mod export;
mod item;
mod operator;
mod percentage;
mod read;

pub use self::bucket::bucket;
pub use self::item::Item;

pub(super) use self::bucketer::{Bucketer, LinearRamp, Percentage};
pub(super) use self::condition::{Check, Condition};
pub(super) use self::operator::Symbol;
pub(super) use self::percentage::admits;
