//! The encoding of an entry as one value, in Redis and in objects of S3: a header line, the id and the bytes of the revision.
//!
//! `<version> <hash> <1 if removed, else 0> <length of the id>\n<id><bytes>`: scripts of Redis compare the first two words as text.

use crate::model::Entry;

/// Encodes an entry.
pub(super) fn encode(entry: &Entry) -> Vec<u8> {
    [format!("{}\n{}", header(entry), entry.id).as_bytes(), &entry.bytes].concat()
}

/// Decodes an entry; `None` if the value is not the output of [`encode`].
pub(super) fn decode(feature: &str, value: &[u8]) -> Option<Entry> {
    let line = value.iter().position(|byte| *byte == b'\n')?;
    let (header, rest) = (std::str::from_utf8(value.get(..line)?).ok()?, value.get(line + 1..)?);
    let mut words = header.split(' ');
    let version = words.next()?.parse().ok()?;
    let hash = words.next()?.parse().ok()?;
    let removed = match words.next()? {
        "0" => false,
        "1" => true,
        _ => return None,
    };
    let (id, bytes) = rest.split_at_checked(words.next()?.parse().ok()?)?;
    let id = std::str::from_utf8(id).ok()?.to_owned();
    let entry = Entry { feature: feature.to_owned(), version, id, hash, removed, bytes: bytes.to_vec() };
    // Scripts compare the header as text, so only the canonical form is valid.
    (self::header(&entry) == header).then_some(entry)
}

fn header(entry: &Entry) -> String {
    let Entry { feature: _, version, id, hash, removed, bytes: _ } = entry;
    format!("{version} {hash} {} {}", u8::from(*removed), id.len())
}

/// Returns the version in the header of a value.
#[cfg(feature = "redis")]
pub(super) fn version(value: &[u8]) -> Option<u64> {
    let number = value.split(|byte| *byte == b' ').next()?;
    std::str::from_utf8(number).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Hash;
    use crate::store::damaged::damaged_entry;

    proptest! {
        #[test]
        fn an_encoded_entry_decodes_to_itself(
            version: u64, id in "\\PC{0,20}", hash: [u8; 32], removed: bool, bytes: Vec<u8>,
        ) {
            let entry = Entry { feature: "F".to_owned(), version, id, hash: Hash(hash), removed, bytes };
            prop_assert_eq!(decode("F", &encode(&entry)), Some(entry));
        }

        /// Includes texts that look like a header: if a value can be decoded, encoding the result gives the same value.
        #[test]
        fn a_decoded_value_encodes_to_itself(
            value: Vec<u8>,
            line in "[0-9a-f \n]{0,90}",
            header in "(0|1|7|18446744073709551616|-1|\\+1) (0{64}|[0-9a-f]{63,65}) [0-2] (0|1|2|5|99)( 1)?\n[a-f]{0,4}",
        ) {
            prop_assert_eq!(decode("F", &value), None, "random bytes are not an entry");
            for text in [line, header] {
                if let Some(entry) = decode("F", text.as_bytes()) {
                    prop_assert_eq!(encode(&entry), text.into_bytes());
                }
            }
        }

        #[test]
        fn a_header_with_a_missing_extra_or_invalid_word_is_rejected(word in 0..4_usize, wrong in "[g-z+-]{0,3}") {
            let sound = format!("7 {} 1 2", "ab".repeat(32));
            let whole = format!("{sound}\nidbytes");
            prop_assert!(decode("F", whole.as_bytes()).is_some());
            let mut words: Vec<&str> = sound.split(' ').collect();
            words[word] = &wrong;
            prop_assert_eq!(decode("F", format!("{}\nidbytes", words.join(" ")).as_bytes()), None);
            words.remove(word);
            prop_assert_eq!(decode("F", format!("{}\nidbytes", words.join(" ")).as_bytes()), None);
            for cut in [format!("{sound} 1\nidbytes"), format!("{sound}\ni")] {
                prop_assert_eq!(decode("F", cut.as_bytes()), None);
            }
        }
    }

    #[test]
    fn a_value_that_is_truncated_in_its_header_is_rejected() {
        let entry = Entry { id: "an id".to_owned(), ..damaged_entry("F", 7, b"bytes") };
        let value = encode(&entry);
        let header = value.len() - entry.bytes.len();
        assert!((0..header).all(|end| decode("F", &value[..end]).is_none()));
    }
}
