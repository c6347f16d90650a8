//! Components that several pages share.

mod difference;
mod flow;
mod forms;
mod links;
mod ramp;
mod sentence;
mod shares;
mod sides;
mod spark;
mod text;
mod variant_style;
mod when;

pub(super) use difference::{MAX_DIFFERENCES, differences, same_text};
pub(super) use flow::flow;
pub(super) use forms::{hidden, problems, rollback_button};
pub(super) use links::{Pager, address, feature_link, feature_name};
pub(super) use ramp::ramp;
pub(super) use sentence::{rich_text, value_of};
pub(super) use shares::{Share, bar, legend, percent};
pub(super) use sides::{Sides, sides};
pub(super) use spark::{grouped, spark};
pub(super) use text::{excerpt, first_sentence, isolated, kind_label, within_budget};
pub(super) use variant_style::{patterns, rectangle, style_index, swatch};
pub(super) use when::when;
