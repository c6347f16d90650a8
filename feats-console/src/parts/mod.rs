//! Pieces that several pages are made of.

mod difference;
mod doc;
mod excerpt;
mod fill;
mod flow;
mod hidden;
mod isolated;
mod pager;
mod problems;
mod ramp;
mod room;
mod sentence;
mod shares;
mod spark;
mod way_back;
mod when;

pub(super) use difference::{MAX_DIFFERENCES, differences};
pub(super) use doc::first_sentence;
pub(super) use excerpt::excerpt;
pub(super) use fill::{look, patterns, rectangle, swatch};
pub(super) use flow::flow;
pub(super) use hidden::hidden;
pub(super) use isolated::isolated;
pub(super) use pager::Pager;
pub(super) use problems::problems;
pub(super) use ramp::ramp;
pub(super) use room::fitting;
pub(super) use sentence::{say, value_of};
pub(super) use shares::{Share, bar, legend, percent};
pub(super) use spark::{grouped, spark};
pub(super) use way_back::way_back;
pub(super) use when::when;
