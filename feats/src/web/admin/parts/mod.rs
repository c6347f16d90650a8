//! Pieces that several pages are made of.

mod difference;
mod fill;
mod flow;
mod ramp;
mod sentence;
mod shares;
mod spark;
mod when;

pub(super) use difference::difference;
pub(super) use fill::{patterns, swatch};
pub(super) use flow::flow;
pub(super) use ramp::ramp;
pub(super) use sentence::say;
pub(super) use shares::{Share, bar, legend};
pub(super) use spark::spark;
pub(super) use when::when;
