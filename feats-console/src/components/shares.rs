//! Bars that show the share of each implementation.

use feats::bucketing::allocation;
use feats::model::{Declaration, Percent, SlotRange};
use maud::{Markup, html};

use super::variant_style::{rectangle, style_index, swatch};

/// The share of one implementation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Share {
    pub(crate) implementation: String,
    /// In percent.
    pub(crate) percent: f64,
}

impl Share {
    pub(crate) fn new(implementation: impl Into<String>, percent: f64) -> Self {
        Self { implementation: implementation.into(), percent }
    }

    /// Computes the shares of an allocation, in declaration order.
    pub(crate) fn from_slots(declaration: &Declaration, runs: &[SlotRange]) -> Vec<Self> {
        let slots = allocation::shares(runs).into_iter().filter(|(_, slots)| *slots > 0);
        let shares = slots.map(|(name, slots)| Self::new(name, Percent::from_slots(slots).0));
        Self::in_order(declaration, shares)
    }

    /// Sorts shares in declaration order, as on every page.
    pub(crate) fn in_order(declaration: &Declaration, shares: impl Iterator<Item = Self>) -> Vec<Self> {
        let mut shares: Vec<_> = shares.collect();
        shares.sort_by_key(|share| declaration.position(&share.implementation));
        shares
    }
}

/// Renders a bar of shares that sum to 100, with a text alternative.
pub(crate) fn bar(declaration: &Declaration, shares: &[Share]) -> Markup {
    let labels: Vec<_> =
        shares.iter().map(|share| format!("{} {}", share.implementation, percent(share.percent))).collect();
    let offset = |index: usize| shares.iter().take(index).fold(0.0, |sum, share| sum + share.percent);
    html! {
        svg.share role="img" aria-label=(labels.join(", ")) {
            @for (index, share) in shares.iter().enumerate() {
                @let from = offset(index);
                (rectangle(&format!("{from}%"), "0", &format!("{}%", share.percent), "100%",
                    style_index(declaration, &share.implementation)))
            }
        }
    }
}

/// Renders the legend of a bar.
pub(crate) fn legend(declaration: &Declaration, shares: &[Share]) -> Markup {
    html! {
        ul.legend {
            @for share in shares {
                li { (swatch(declaration, &share.implementation)) (share.implementation) " " span.num { (percent(share.percent)) } }
            }
        }
    }
}

/// Formats a percentage with at most four decimals, which is one slot.
pub(crate) fn percent(percent: f64) -> String {
    let rounded = (percent * 10_000.0).round() / 10_000.0;
    format!("{rounded}%")
}
