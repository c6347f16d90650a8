//! The usage of a feature in the last hour, day and ninety days.

use std::sync::Arc;

use feats::usage::Series;
use maud::{Markup, html};

use super::view::FeatureView;
use crate::components::{Share, bar, grouped, legend, spark};
use crate::usage_cache::FeatureUsage;

/// The most points of a line.
const MAX_POINTS: usize = 90;

/// The usage of a feature, if the store has counts and is reachable.
pub(super) struct Uses(Arc<FeatureUsage>);

impl Uses {
    pub(super) async fn load(view: &FeatureView<'_>) -> Option<Self> {
        let (app, cache) = (view.context.app(), &view.context.console.usage);
        // A step of a draft does not read them again.
        let counted =
            if view.context.is_step { cache.last(app, view.feature) } else { cache.get(app, view.feature).await };
        counted.map(Self)
    }
}

pub(super) fn card(view: &FeatureView<'_>, Uses(uses): &Uses) -> Markup {
    let day = uses.day.totals();
    let hour = day.iter().rev().take(60).copied().fold(0, u64::saturating_add);
    let rows = [("Last day", &uses.day), ("Last 90 days", &uses.quarter)];
    html! {
        section.card aria-labelledby="uses" {
            header { h2 #uses { "Uses" } span.quiet.num { (grouped(hour)) " in the last hour" } }
            div.in.stack {
                @if uses.quarter.total() == 0 && uses.day.total() == 0 { p.quiet { "No uses in 90 days." } }
                @else {
                    @for (span, series) in rows {
                        div.between.row { span.quiet { (span) } (spark(&downsample(&series.totals()))) span.num { (grouped(series.total())) } }
                    }
                    (usage_bar(view, &uses.day))
                }
            }
        }
    }
}

/// Renders the implementations used in the last day.
fn usage_bar(view: &FeatureView<'_>, series: &Series) -> Markup {
    let total = series.total();
    let share = |count: u64| count as f64 / total as f64 * 100.0;
    let declaration = view.declaration();
    let shares = declaration.names().map(|name| (name, series.count(name))).filter(|(_, count)| *count > 0);
    let shares: Vec<Share> =
        shares.map(|(name, count)| Share::new(name, (share(count) * 10.0).round() / 10.0)).collect();
    html! { @if total > 0 { div { (bar(declaration, &shares)) (legend(declaration, &shares)) } } }
}

/// Reduces values to the points of a line, each the sum of an interval.
fn downsample(values: &[u64]) -> Vec<u64> {
    values
        .chunks(values.len().div_ceil(MAX_POINTS).max(1))
        .map(|stretch| stretch.iter().copied().fold(0, u64::saturating_add))
        .collect()
}
