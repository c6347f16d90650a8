//! Names as stores take them.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_128;

/// Text as a store can take it within so many characters: what is too long for that, or holds NUL, becomes its hash.
pub(crate) fn stored_within(text: &str, longest: usize) -> Cow<'_, str> {
    // More bytes than that can still be few enough characters.
    let fits = text.len() <= longest || text.chars().nth(longest).is_none();
    match fits && !text.contains('\0') {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("xxh3:{:032x}", xxh3_128(text.as_bytes()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
