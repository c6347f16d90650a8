//! Names of experiments and units in stores.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_128;

use super::limits::MAX_NAME_CHARACTERS;

/// Shortens a text for a store: a text of more than `max_characters`, or with a NUL, is replaced by its hash.
pub fn shorten(text: &str, max_characters: usize) -> Cow<'_, str> {
    // A text of more bytes than that can still have few enough characters.
    let fits = text.len() <= max_characters || text.chars().nth(max_characters).is_none();
    match fits && !text.contains('\0') {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("xxh3:{:032x}", xxh3_128(text.as_bytes()))),
    }
}

/// Returns the name of an experiment in a store: its feature and its seed. Features with equal seeds thus keep separate
/// assignments and counts.
pub fn experiment_key(feature: &str, seed: &str) -> String {
    // Feature names contain no control characters, so the text is unique to the pair of feature and seed.
    shorten(&format!("{feature}\u{1f}{seed}"), MAX_NAME_CHARACTERS).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_experiment_key_consists_of_feature_and_seed() {
        assert_eq!(experiment_key("Pay", "9f3k"), "Pay\u{1f}9f3k");
        let pairs = [("Pay", "a"), ("Pa", "ya"), ("Pay", "b"), ("Fee", "a"), ("Pay", "\u{1f}a")];
        let keys: std::collections::BTreeSet<String> =
            pairs.iter().map(|(feature, seed)| experiment_key(feature, seed)).collect();
        assert_eq!(keys.len(), pairs.len());
        let long = experiment_key(&"ß".repeat(200), "a");
        assert!(long.starts_with("xxh3:") && long != experiment_key(&"ß".repeat(200), "b"));
    }

    #[test]
    fn texts_that_no_store_accepts_are_replaced_by_their_hash() {
        let stored = |text: &str| shorten(text, 200).into_owned();
        assert_eq!(stored(""), "");
        assert_eq!(stored(&"ß".repeat(200)), "ß".repeat(200));
        let long = stored(&"ß".repeat(201));
        assert_eq!((long.len(), long.starts_with("xxh3:")), (37, true));
        assert_ne!(long, stored(&"ß".repeat(202)));
        assert!(stored("a\0b").starts_with("xxh3:"));
    }
}
