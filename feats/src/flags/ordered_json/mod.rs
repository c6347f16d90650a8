//! JSON as Python has it: objects keep the order of their text, and numbers keep their digits.
//!
//! The value of `serde_json` sorts keys and rounds large integers, unless another crate of the program turns on its features
//! `preserve_order` and `arbitrary_precision`. The hash of Flipper depends on both.

mod fields;
mod number;
mod parse;
mod value;
mod write;

pub(super) use fields::Fields;
pub(super) use number::Number;
pub(super) use parse::{decode, parse};
pub(super) use value::{Json, Object, object, to_serde_map};
