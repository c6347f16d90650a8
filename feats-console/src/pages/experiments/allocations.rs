//! The users of an experiment, by period of constant shares.

use feats::exposure::{Allocation, Arm};
use feats::{Dynamic, FeatureHandle};
use maud::{Markup, html};

use crate::components::{Share, address, bar, grouped, percent};

pub(super) fn allocations(feature: &FeatureHandle<Dynamic>, allocations: &[Allocation]) -> Markup {
    html! {
        p.quiet {
            "Each change of the shares starts a period. Users keep what they used, and stay counted in its period."
        }
        ol.allocations {
            @for allocation in allocations {
                li {
                    p { (versions(feature.name(), &allocation.versions)) ": " b.num { (grouped(units(allocation))) } " users" }
                    (pair(feature, &allocation.arms))
                }
            }
        }
    }
}

/// Renders the planned and the actual shares.
fn pair(feature: &FeatureHandle<Dynamic>, arms: &[Arm]) -> Markup {
    let shares = |share: fn(&Arm) -> f64| {
        let shares = arms.iter().map(move |arm| Share::new(&arm.implementation, share(arm)));
        shares.filter(|share| share.percent > 0.0).collect::<Vec<_>>()
    };
    let labels = |shares: &[Share]| {
        let labels: Vec<_> =
            shares.iter().map(|share| format!("{} {}", share.implementation, percent(share.percent))).collect();
        labels.join(", ")
    };
    let (weights, units) = (shares(|arm| arm.weight), shares(|arm| (arm.share * 100.0).round() / 100.0));
    html! {
        dl.pair {
            dt { "Planned" }
            dd { (bar(feature.declaration(), &weights)) span.quiet.num { (labels(&weights)) } }
            dt { "Actual" }
            dd { (bar(feature.declaration(), &units)) span.quiet.num { (labels(&units)) } }
        }
    }
}

fn units(allocation: &Allocation) -> u64 {
    allocation.arms.iter().map(|arm| arm.units).fold(0, u64::saturating_add)
}

/// Renders the versions of a period. Only the first and the last are named, because there can be many.
fn versions(feature: &str, versions: &[u64]) -> Markup {
    let link = |version: u64| {
        let before = version.saturating_add(1).to_string();
        html! { a href=(address("history", &[("name", feature), ("before", &before)])) { (version) } }
    };
    html! {
        @match versions {
            [] => "No version",
            [only] => { "Version " (link(*only)) }
            [first, last] => { "Versions " (link(*first)) " and " (link(*last)) }
            [first, between @ .., last] => {
                (between.len() + 2) " versions, " (link(*first)) " to " (link(*last))
            }
        }
    }
}
