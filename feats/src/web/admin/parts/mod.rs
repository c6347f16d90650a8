//! Pieces that several pages are made of.

mod fill;
mod shares;
mod spark;
mod when;

pub(super) use fill::{patterns, swatch};
pub(super) use shares::{Share, bar, legend};
pub(super) use spark::spark;
pub(super) use when::when;
