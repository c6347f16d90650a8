//! Diagrams of ramps: the share of each implementation from start to end.

use feats::bucketing::allocation;
use feats::model::{Declaration, Percent, Rollout, Timestamp};
use maud::{Markup, html};

use super::shares::percent;
use super::variant_style::style_index;
use super::when::when;

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 90.0;

/// Renders the ramp of a rollout, or nothing if it has no ramp.
pub(crate) fn ramp(declaration: &Declaration, rollout: &Rollout, now: Timestamp) -> Markup {
    let Some((start, end)) = rollout.ramp.as_ref().and_then(|ramp| ramp.span()) else { return html! {} };
    let shares = |x: Timestamp| allocation::shares(&rollout.allocation_at(x));
    let (from, to, current) = (shares(start), shares(end), shares(now));
    let share = |shares: &std::collections::BTreeMap<String, u32>, name: &str| {
        Percent::from_slots(shares.get(name).copied().unwrap_or(0)).0
    };
    let mut names: Vec<&String> = from.keys().chain(to.keys()).collect();
    names.sort_by_key(|name| (declaration.position(name).unwrap_or(u16::MAX), *name));
    names.dedup();
    let changes: Vec<_> = names
        .iter()
        .map(|name| format!("{name} from {} to {}", percent(share(&from, name)), percent(share(&to, name))))
        .collect();
    let (length, elapsed) = (end.since(start).as_secs_f64(), now.since(start).as_secs_f64());
    let x = if length > 0.0 { (elapsed / length).clamp(0.0, 1.0) * WIDTH } else { WIDTH };
    let y = |percent: f64| HEIGHT - percent / 100.0 * HEIGHT;
    html! {
        figure.ramp {
            svg viewBox={ "-4 -6 " (WIDTH + 8.0) " " (HEIGHT + 12.0) } role="img" aria-label={ "Ramp: " (changes.join(", ")) } {
                path.axis d={ "M0 0V" (HEIGHT) "H" (WIDTH) } {}
                @for name in &names {
                    line class={ "s" (style_index(declaration, name)) } x1="0" y1=(y(share(&from, name))) x2=(WIDTH) y2=(y(share(&to, name))) {}
                }
                @if start < now && now < end {
                    line.now x1=(x) y1="0" x2=(x) y2=(HEIGHT) {}
                    @for name in &names {
                        circle class={ "c" (style_index(declaration, name)) } cx=(x) cy=(y(share(&current, name))) r="4" {}
                    }
                }
            }
            figcaption.quiet {
                @if now < start { "Starts " (when(start)) ", ends " (when(end)) "." }
                @else if now < end { "Started " (when(start)) ", ends " (when(end)) "." }
                @else { "Ended " (when(end)) "." }
                " " (changes.join("; ")) "."
            }
        }
    }
}
