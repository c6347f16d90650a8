//! Numbers with their nouns.

use std::fmt::Display;

/// Returns a number with its noun in the singular or plural, which ends with "s" or "es".
///
/// ```
/// use feats::text::counted;
/// assert_eq!([counted(1, "feature"), counted(3, "feature")], ["1 feature", "3 features"]);
/// assert_eq!(counted(0, "process"), "0 processes");
/// ```
pub fn counted<N: Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    let ending = match number == N::from(1) {
        true => "",
        false if noun.ends_with('s') => "es",
        false => "s",
    };
    format!("{number} {noun}{ending}")
}
