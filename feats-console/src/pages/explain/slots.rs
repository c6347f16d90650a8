//! The slot of a unit: an allocation with a mark at the unit's slot.

use feats::bucketing::allocation;
use feats::explain::{EntryTrace, Step};
use feats::model::{Declaration, Percent, SLOTS, SlotRange};
use maud::{Markup, html};

use crate::components::{Share, legend, rectangle, style_index};

/// Renders the allocation of a rollout with the unit's slot, preceded by the entry of an experiment.
pub(super) fn picture(declaration: &Declaration, step: &Step, runs: &[SlotRange]) -> Markup {
    let Some(bucketing) = &step.bucketing else { return html! {} };
    let shares = allocation::shares(runs);
    let shares: Vec<_> = shares.iter().map(|(name, slots)| Share::new(name, Percent::from_slots(*slots).0)).collect();
    html! {
        @if let Some(entry) = &bucketing.entry { (entry_bar(entry)) }
        @if let Some(slot) = bucketing.slot.filter(|_| bucketing.entry.is_none_or(|entry| entry.enters)) {
            (marked(slot, &format!("Slot {slot} of {SLOTS}: {}", bucketing.owner.as_deref().unwrap_or("unassigned")), &html! {
                @for (from, run) in with_offsets(runs) {
                    (rectangle(&percent(from), "8", &percent(run.length), "12", style_index(declaration, &run.implementation)))
                }
            }))
            (legend(declaration, &shares))
        }
    }
}

/// Renders the share that enters an experiment, with the unit's position.
fn entry_bar(entry: &EntryTrace) -> Markup {
    let label = format!("Entry position {} of {SLOTS}; positions below {}% enter", entry.position, entry.share);
    html! {
        (marked(entry.position, &label, &html! {
            rect.outside x="0" y="8" width="100%" height="12" {}
            rect.enters x="0" y="8" width={ (entry.share) "%" } height="12" {}
        }))
        p.quiet { @if entry.enters { "Enters" } @else { "Does not enter" } " (" (entry.share) "% of users enter)." }
    }
}

/// Renders a bar with a mark at a position.
fn marked(position: u32, label: &str, bar: &Markup) -> Markup {
    html! {
        svg.slots role="img" aria-label=(label) {
            (bar)
            svg x=(percent(position)) y="0" width="1" height="22" overflow="visible" {
                path.mark d="M-5 0H5L0 7Z" {}
                path.mark d="M-1 6H1V22H-1Z" {}
            }
        }
    }
}

/// Returns the ranges with their first slots, and merges adjacent ranges of the same implementation.
fn with_offsets(runs: &[SlotRange]) -> Vec<(u32, SlotRange)> {
    let mut placed: Vec<(u32, SlotRange)> = Vec::new();
    let mut from = 0_u32;
    for run in runs {
        match placed.last_mut() {
            Some((_, last)) if last.implementation == run.implementation => {
                last.length = last.length.saturating_add(run.length)
            }
            _ => placed.push((from, run.clone())),
        }
        from = from.saturating_add(run.length);
    }
    placed
}

/// Formats slots as a percentage of the width.
fn percent(slots: u32) -> String {
    format!("{}%", Percent::from_slots(slots).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjacent_ranges_of_an_implementation_are_merged() {
        let run = |name: &str, length, since| SlotRange::new(name, length, since);
        let positioned = with_offsets(&[run("acme", 900_000, 1), run("premium", 50_000, 3), run("premium", 50_000, 2)]);
        assert_eq!(positioned, [(0, run("acme", 900_000, 1)), (900_000, run("premium", 100_000, 3))]);
    }
}
