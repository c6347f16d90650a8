//! Room on a page: what there is too much of is shown up to a number of bytes.

use maud::Markup;

/// The first items that there is room for, at least one. The others are not made.
pub(crate) fn fitting(items: impl Iterator<Item = Markup>, max_bytes: usize) -> Vec<Markup> {
    let mut bytes = 0;
    let fitting = items.take_while(|item| {
        let has_room = bytes <= max_bytes;
        bytes += item.0.len();
        has_room
    });
    fitting.collect()
}
