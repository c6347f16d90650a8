//! How an entry stands in Redis: one value with a line of header, then the id, then the revision's bytes.
//!
//! `<version> <hash> <1 if removed, else 0> <length of the id>\n<id><bytes>`: a script compares the first two words
//! without knowing the rest.

use crate::model::{Entry, Hash};

/// The value for an entry.
pub(super) fn pack(entry: &Entry) -> Vec<u8> {
    let Entry { feature: _, version, id, hash, removed, bytes } = entry;
    let header = format!("{version} {hash} {} {}\n{id}", u8::from(*removed), id.len());
    [header.as_bytes(), bytes].concat()
}

/// The entry that a value was made from; `None` if it was not made by [`pack`].
pub(super) fn unpack(feature: &str, value: &[u8]) -> Option<Entry> {
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
    words.next().is_none().then(|| Entry {
        feature: feature.to_owned(),
        version,
        id,
        hash,
        removed,
        bytes: bytes.to_vec(),
    })
}

/// An entry for a value that is not one: reading it says that it is damaged, which quarantines its feature and no
/// other. Scripts too take its hash for zeros, so a new revision can be appended to it.
pub(super) fn damaged(feature: &str, version: u64, value: &[u8]) -> Entry {
    Entry {
        feature: feature.to_owned(),
        version,
        id: String::new(),
        hash: Hash::default(),
        removed: false,
        bytes: value.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_goes_in_comes_out(
            version: u64, id in "\\PC{0,20}", hash: [u8; 32], removed: bool, bytes: Vec<u8>,
        ) {
            let entry = Entry { feature: "F".to_owned(), version, id, hash: Hash(hash), removed, bytes };
            prop_assert_eq!(unpack("F", &pack(&entry)), Some(entry));
        }

        #[test]
        fn garbage_is_none_and_no_panic(value: Vec<u8>, line in "[0-9a-f \n]{0,90}") {
            let _ = unpack("F", &value);
            let _ = unpack("F", line.as_bytes());
        }
    }

    #[test]
    fn what_was_cut_off_in_its_header_is_none() {
        let entry = Entry { id: "an id".to_owned(), ..damaged("F", 7, b"bytes") };
        let value = pack(&entry);
        let header = value.len() - entry.bytes.len();
        assert!((0..header).all(|end| unpack("F", &value[..end]).is_none()));
    }
}
