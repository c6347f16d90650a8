//! Diagrams of moving users: shares before and after a change, and the flows between them.

use std::collections::BTreeMap;

use feats::impact::Flow;
use feats::model::{Declaration, StatePart};
use maud::{Markup, html};

use super::shares::percent;
use super::variant_style::{rectangle, style_index};

const WIDTH: f64 = 640.0;
const LEFT_EDGE: f64 = 190.0;
const RIGHT_EDGE: f64 = WIDTH - LEFT_EDGE;
const BAR_WIDTH: f64 = 14.0;
/// The top of the bars, and their total height without gaps.
const TOP_EDGE: f64 = 28.0;
const HEIGHT: f64 = 132.0;
/// The lowest height of a block, so that its name fits.
const MIN_BLOCK_HEIGHT: f64 = 15.0;
const BLOCK_GAP: f64 = 4.0;

/// Renders the change of one part, from left to right.
pub(crate) fn flow(declaration: &Declaration, flow: &Flow) -> Markup {
    let (left, right) = (Column::new(declaration, &flow.before), Column::new(declaration, &flow.after));
    let ribbons = ribbons(flow, &left, &right);
    let height = left.bottom.max(right.bottom) + 6.0;
    html! {
        svg.flow viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(alt_text(flow)) {
            text.q x="20" y="16" { "now" }
            text.q x=(WIDTH - 20.0) y="16" text-anchor="end" { "after publishing" }
            @for ribbon in &ribbons {
                path class={ "c" (style_index(declaration, ribbon.to)) " " (if ribbon.moves { "move" } else { "stay" }) } d=(ribbon.path) {}
            }
            (left.draw(declaration, LEFT_EDGE - BAR_WIDTH, "end", LEFT_EDGE - BAR_WIDTH - 10.0))
            (right.draw(declaration, RIGHT_EDGE, "start", RIGHT_EDGE + BAR_WIDTH + 10.0))
        }
    }
}

/// The text alternative of the diagram.
fn alt_text(flow: &Flow) -> String {
    let moves = flow.moves.iter().map(|(from, to, share)| format!("{} move from {from} to {to}", percent(*share)));
    let moves = moves.collect::<Vec<_>>().join("; ");
    let part = match &flow.part {
        StatePart::Rule(name) => name.clone(),
        StatePart::Otherwise => "Everyone else".to_owned(),
        StatePart::Pinned => "Everyone".to_owned(),
        StatePart::Overrides => "Overrides".to_owned(),
    };
    format!("{part}: {}", if moves.is_empty() { "no one moves" } else { &moves })
}

/// The shares of one side, as a stack of blocks.
struct Column<'a> {
    blocks: Vec<(&'a str, f64, Block)>,
    bottom: f64,
}

#[derive(Clone, Copy)]
struct Block {
    y: f64,
    height: f64,
}

struct Ribbon<'a> {
    to: &'a str,
    moves: bool,
    path: String,
}

impl<'a> Column<'a> {
    /// Creates a column in declaration order, so that ribbons of users who stay do not cross.
    fn new(declaration: &Declaration, shares: &'a [(String, f64)]) -> Self {
        let mut shares: Vec<_> = shares.iter().filter(|(_, share)| *share > 0.0).collect();
        shares.sort_by_key(|(name, _)| declaration.position(name).unwrap_or(u16::MAX));
        let mut y = TOP_EDGE;
        let blocks = shares.into_iter().map(|(name, share)| {
            let block = Block { y, height: (share / 100.0 * HEIGHT).max(MIN_BLOCK_HEIGHT) };
            y += block.height + BLOCK_GAP;
            (name.as_str(), *share, block)
        });
        Self { blocks: blocks.collect(), bottom: y }
    }

    fn find(&self, name: &str) -> Option<(f64, Block)> {
        self.blocks.iter().find(|(candidate, _, _)| *candidate == name).map(|(_, share, block)| (*share, *block))
    }

    fn draw(&self, declaration: &Declaration, x: f64, anchor: &str, text: f64) -> Markup {
        html! {
            @for (name, share, block) in &self.blocks {
                (rectangle(&x.to_string(), &block.y.to_string(), &BAR_WIDTH.to_string(), &block.height.to_string(), style_index(declaration, name)))
                text x=(text) y=(block.y + block.height / 2.0 + 4.0) text-anchor=(anchor) { (short(name)) " " (percent(*share)) }
            }
        }
    }
}

/// Computes the ribbons between blocks. Users who stay come first, so that their ribbons are straight.
fn ribbons<'a>(flow: &'a Flow, left: &Column<'_>, right: &Column<'_>) -> Vec<Ribbon<'a>> {
    let stays = flow.stays.iter().map(|(name, share)| (name.as_str(), name.as_str(), *share));
    let moves = flow.moves.iter().map(|(from, to, share)| (from.as_str(), to.as_str(), *share));
    let (mut out, mut into): (BTreeMap<&str, f64>, BTreeMap<&str, f64>) = Default::default();
    let mut drawn = Vec::new();
    for (from, to, share) in stays.chain(moves).filter(|(_, _, share)| *share > 0.0) {
        let (Some((had, source)), Some((gets, target))) = (left.find(from), right.find(to)) else { continue };
        let (offset, height) = (out.entry(from).or_default(), source.height * share / had);
        let (from_top, from_bottom) = (source.y + *offset, source.y + *offset + height);
        *offset += height;
        let (offset, height) = (into.entry(to).or_default(), target.height * share / gets);
        let (to_top, to_bottom) = (target.y + *offset, target.y + *offset + height);
        *offset += height;
        let middle = WIDTH / 2.0;
        let path = format!(
            "M{LEFT_EDGE} {from_top:.1}C{middle} {from_top:.1} {middle} {to_top:.1} {RIGHT_EDGE} {to_top:.1}\
             V{to_bottom:.1}C{middle} {to_bottom:.1} {middle} {from_bottom:.1} {LEFT_EDGE} {from_bottom:.1}Z"
        );
        drawn.push(Ribbon { to, moves: from != to, path });
    }
    drawn
}

/// Shortens a name to fit the diagram; the text next to it has the whole name.
fn short(name: &str) -> String {
    const MAX_CHARACTERS: usize = 16;
    match name.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or(name)),
        None => name.to_owned(),
    }
}
