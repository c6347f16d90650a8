//! Styles of implementations: a color and a pattern each, the same on every page, so that neither is needed alone.

use feats::model::Declaration;
use maud::{Markup, html};

/// The number of distinct styles; the ninth implementation has the style of the first.
const STYLE_COUNT: usize = 8;

/// The style of an implementation, by its position in the declaration.
pub(crate) fn style_index(declaration: &Declaration, implementation: &str) -> usize {
    declaration.position(implementation).map_or(0, usize::from) % STYLE_COUNT
}

/// Renders a filled rectangle in an `svg`: a color with a pattern on top.
pub(crate) fn rectangle(x: &str, y: &str, width: &str, height: &str, style_index: usize) -> Markup {
    html! {
        rect class={ "c" (style_index) } x=(x) y=(y) width=(width) height=(height) {}
        @if style_index > 0 { rect x=(x) y=(y) width=(width) height=(height) fill={ "url(#p" (style_index) ")" } {} }
    }
}

/// Renders a small square in the style of an implementation, to precede its name.
pub(crate) fn swatch(declaration: &Declaration, implementation: &str) -> Markup {
    html! {
        svg.key viewBox="0 0 12 12" aria-hidden="true" { (rectangle("0", "0", "12", "12", style_index(declaration, implementation))) }
    }
}

/// Renders the pattern definitions, once per page.
pub(crate) fn patterns() -> Markup {
    html! {
        svg.defs width="0" height="0" aria-hidden="true" focusable="false" {
            defs {
                @for (style_index, path) in PATTERNS {
                    pattern id={ "p" (style_index) } width="8" height="8" patternUnits="userSpaceOnUse" { path.ink d=(path) {} }
                }
            }
        }
    }
}

const PATTERNS: [(usize, &str); STYLE_COUNT - 1] = [
    (1, "M-2 2 2-2M0 8 8 0M6 10 10 6"),
    (2, "M2 2h2v2H2zM6 6h2v2H6z"),
    (3, "M0 2H8M0 6H8"),
    (4, "M6-2 10 2M0 0 8 8M-2 6 2 10"),
    (5, "M2 0V8M6 0V8"),
    (6, "M0 4H8M4 0V8"),
    (7, "M0 0 8 8M8 0 0 8"),
];
