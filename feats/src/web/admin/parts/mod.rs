//! Pieces that several pages are made of.

mod difference;
mod fill;
mod sentence;
mod shares;
mod spark;
mod when;

pub(super) use difference::differences;
pub(super) use fill::{patterns, swatch};
pub(super) use sentence::{choice, say};
pub(super) use shares::{Share, bar, legend};
pub(super) use spark::spark;
pub(super) use when::when;
