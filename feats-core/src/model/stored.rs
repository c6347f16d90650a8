//! Names as stores take them.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_128;

use super::limits::MAX_NAME_CHARACTERS;

/// Text as a store can take it within so many characters: what is too long for that, or holds NUL, becomes its hash.
pub fn stored_within(text: &str, longest: usize) -> Cow<'_, str> {
    // More bytes than that can still be few enough characters.
    let fits = text.len() <= longest || text.chars().nth(longest).is_none();
    match fits && !text.contains('\0') {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("xxh3:{:032x}", xxh3_128(text.as_bytes()))),
    }
}

/// The name of an experiment in a store: its feature and its seed. What units of one feature used, and how many, is not mixed
/// up with those of another feature that has the same seed.
pub fn experiment_key(feature: &str, seed: &str) -> String {
    // Names of features have no control characters, so only one pair of feature and seed has this text.
    stored_within(&format!("{feature}\u{1f}{seed}"), MAX_NAME_CHARACTERS).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_experiment_is_named_by_its_feature_and_its_seed() {
        assert_eq!(experiment_key("Pay", "9f3k"), "Pay\u{1f}9f3k");
        let pairs = [("Pay", "a"), ("Pa", "ya"), ("Pay", "b"), ("Fee", "a"), ("Pay", "\u{1f}a")];
        let keys: std::collections::BTreeSet<String> =
            pairs.iter().map(|(feature, seed)| experiment_key(feature, seed)).collect();
        assert_eq!(keys.len(), pairs.len());
        let long = experiment_key(&"ß".repeat(200), "a");
        assert!(long.starts_with("xxh3:") && long != experiment_key(&"ß".repeat(200), "b"));
    }

    #[test]
    fn what_no_store_takes_as_a_name_is_named_by_its_hash() {
        let stored = |text: &str| stored_within(text, 200).into_owned();
        assert_eq!(stored(""), "");
        assert_eq!(stored(&"ß".repeat(200)), "ß".repeat(200));
        let long = stored(&"ß".repeat(201));
        assert_eq!((long.len(), long.starts_with("xxh3:")), (37, true));
        assert_ne!(long, stored(&"ß".repeat(202)));
        assert!(stored("a\0b").starts_with("xxh3:"));
    }
}
