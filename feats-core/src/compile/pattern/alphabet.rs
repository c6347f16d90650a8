//! The alphabet of a pattern: the classes of characters that it distinguishes.

use std::sync::Arc;

use regex_syntax::hir::Look;
use rustc_hash::{FxHashMap, FxHashSet};

use super::budget::{Budget, PatternError};
use super::nodes::{Nodes, Ranges};
use super::side::Side;

/// The mapping from characters to classes.
pub(super) struct Alphabet {
    ascii: [u16; 128],
    /// The first character of each piece beyond ASCII and its class, in order.
    beyond: Arc<[(u32, u16)]>,
    classes: u16,
}

/// The classes in each set, and the sides that assertions observe for each class.
pub(super) struct Sets {
    classes: usize,
    members: Vec<bool>,
    /// The side of each class; the last one is the end of the text.
    pub(super) sides: Vec<Side>,
}

/// The parts of alphabets beyond ASCII, shared by the patterns of one state. Most patterns have the same part.
pub(super) type Shared = FxHashSet<Arc<[(u32, u16)]>>;

const LAST: u32 = char::MAX as u32;

impl Alphabet {
    pub(super) fn new(nodes: &Nodes, shared: &mut Shared, budget: &mut Budget) -> Result<(Self, Sets), PatternError> {
        let observed = observed(&nodes.looks);
        let sets: Vec<&Ranges> = nodes.sets.iter().chain(observed.iter().map(|(_, ranges)| ranges)).collect();
        let mut starts = vec![0, 128];
        for (start, end) in sets.iter().copied().flatten() {
            starts.extend([*start, end + 1]);
        }
        budget.work(2 * starts.len())?;
        starts.retain(|start| *start <= LAST);
        // Each set is sorted, which benefits the stable sort.
        starts.sort();
        starts.dedup();
        // Classes are refined set by set: two pieces remain in one class as long as they are in the same sets.
        let mut classes = vec![0_u32; starts.len()];
        let mut count = 1;
        for ranges in &sets {
            let mut inside = FxHashMap::default();
            let mut pieces = 0;
            for (start, end) in ranges.iter() {
                let first = starts.partition_point(|known| known < start);
                let last = starts.partition_point(|known| known <= end);
                pieces += last - first;
                for class in classes.get_mut(first..last).into_iter().flatten() {
                    *class = *inside.entry(*class).or_insert_with(|| {
                        count += 1;
                        count - 1
                    });
                }
            }
            budget.work(16 + ranges.len() + pieces)?;
        }
        let mut alphabet = Self::numbered(&starts, &classes);
        alphabet.beyond = joined(&alphabet.beyond);
        match shared.get(&alphabet.beyond) {
            Some(known) => alphabet.beyond = Arc::clone(known),
            None => {
                budget.bytes(size_of_val(&*alphabet.beyond))?;
                shared.insert(Arc::clone(&alphabet.beyond));
            }
        }
        budget.bytes(size_of::<Self>())?;
        let sets = Sets::new(&alphabet, &nodes.sets, &observed, budget)?;
        Ok((alphabet, sets))
    }

    /// Numbers the classes without gaps. Those beyond ASCII come first, so that patterns with the same Unicode classes have the
    /// same numbers there.
    fn numbered(starts: &[u32], classes: &[u32]) -> Self {
        let mut numbers = FxHashMap::default();
        let mut pieces = Vec::with_capacity(starts.len());
        for (start, class) in starts.iter().zip(classes).rev() {
            let next = u16::try_from(numbers.len()).unwrap_or(u16::MAX);
            pieces.push((*start, *numbers.entry(*class).or_insert(next)));
        }
        pieces.reverse();
        let mut ascii = [0; 128];
        for (char, class) in (0_u32..).zip(&mut ascii) {
            *class = class_of(&pieces, char);
        }
        let beyond = pieces.into_iter().filter(|(start, _)| *start >= 128).collect();
        Self { ascii, beyond, classes: u16::try_from(numbers.len()).unwrap_or(u16::MAX) }
    }

    #[inline]
    pub(super) fn class(&self, char: char) -> u16 {
        match self.ascii.get(char as usize) {
            Some(class) => *class,
            None => class_of(&self.beyond, char.into()),
        }
    }

    /// Returns the class of the end of the text.
    #[inline]
    pub(super) fn end(&self) -> u16 {
        self.classes
    }

    /// Returns the number of classes, including the end of the text.
    pub(super) fn len(&self) -> usize {
        usize::from(self.classes) + 1
    }
}

impl Sets {
    fn new(
        alphabet: &Alphabet,
        sets: &[Ranges],
        observed: &[(Side, Ranges)],
        budget: &mut Budget,
    ) -> Result<Self, PatternError> {
        let classes = alphabet.len();
        budget.work(classes * (sets.len() + observed.len()))?;
        let mut members = vec![false; classes * sets.len()];
        let each_class = |ranges: &Ranges, visit: &mut dyn FnMut(usize)| {
            for (start, end) in ranges {
                if *start < 128 {
                    let ascii = alphabet.ascii.get(*start as usize..=(*end).min(127) as usize);
                    ascii.into_iter().flatten().for_each(|class| visit(usize::from(*class)));
                }
                let first = alphabet.beyond.partition_point(|(piece, _)| piece < start);
                let pieces = alphabet.beyond.get(first..).unwrap_or_default();
                pieces.iter().take_while(|(piece, _)| piece <= end).for_each(|(_, class)| visit(usize::from(*class)));
                // A piece that was merged with its neighbor begins before the range.
                if *end >= 128 {
                    visit(usize::from(class_of(&alphabet.beyond, (*start).max(128))));
                }
            }
        };
        for (index, ranges) in sets.iter().enumerate() {
            each_class(ranges, &mut |class| {
                if let Some(member) = members.get_mut(index * classes + class) {
                    *member = true;
                }
            });
        }
        let mut sides = vec![Side::NONE; classes];
        for (side, ranges) in observed {
            each_class(ranges, &mut |class| {
                if let Some(known) = sides.get_mut(class) {
                    *known = known.with(*side);
                }
            });
        }
        if let Some(end) = sides.last_mut() {
            *end = Side::EDGE;
        }
        Ok(Self { classes, members, sides })
    }

    pub(super) fn contains(&self, set: u32, class: usize) -> bool {
        self.members.get(set as usize * self.classes + class).copied().unwrap_or(false)
    }
}

/// Returns the sets of characters that assertions distinguish.
fn observed(looks: &[Look]) -> Vec<(Side, Ranges)> {
    let sides = looks.iter().fold(Side::NONE, |sides, look| sides.with(Side::observed_by(*look)));
    let mut observed = Vec::new();
    let single = |char: char| vec![(u32::from(char), u32::from(char))];
    if sides.has(Side::LF) {
        observed.push((Side::LF, single('\n')));
    }
    if sides.has(Side::CR) {
        observed.push((Side::CR, single('\r')));
    }
    if sides.has(Side::ASCII_WORD) {
        let ranges = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
        observed.push((Side::ASCII_WORD, ranges.map(|(start, end)| (start.into(), end.into())).to_vec()));
    }
    if sides.has(Side::WORD) {
        observed.push((Side::WORD, word_characters()));
    }
    observed
}

/// Returns the characters that `\w` matches.
fn word_characters() -> Ranges {
    let hir = regex_syntax::parse(r"\w").ok();
    match hir.as_ref().map(regex_syntax::hir::Hir::kind) {
        Some(regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class))) => {
            class.iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
        _ => Ranges::new(),
    }
}

fn class_of(pieces: &[(u32, u16)], char: u32) -> u16 {
    let after = pieces.partition_point(|(start, _)| *start <= char);
    after.checked_sub(1).and_then(|index| pieces.get(index)).map_or(0, |(_, class)| *class)
}

/// Merges adjacent pieces of the same class.
fn joined(pieces: &[(u32, u16)]) -> Arc<[(u32, u16)]> {
    let mut joined: Vec<(u32, u16)> = Vec::new();
    for piece in pieces {
        if joined.last().is_none_or(|last| last.1 != piece.1) {
            joined.push(*piece);
        }
    }
    joined.into()
}
