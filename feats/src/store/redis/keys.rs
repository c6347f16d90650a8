//! The names of the keys, unique for each prefix and each name.

use std::fmt::Write;

use percent_encoding::percent_decode_str;
use redis::cluster_routing::Slot;
use xxhash_rust::xxh3::xxh3_64;

/// The default prefix.
pub(super) const DEFAULT_PREFIX: &str = "feats";

/// The names of the keys of a prefix.
///
/// Keys that scripts use together have the prefix as their hash tag, so a cluster keeps them in one slot. Names are escaped, so
/// that no part contains a colon or brace, and no two names share a key.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    prefix: String,
}

impl Keys {
    /// Creates the keys of a prefix.
    ///
    /// # Errors
    /// The reason why the prefix is not valid.
    pub(super) fn new(prefix: &str) -> Result<Self, &'static str> {
        let length = prefix.chars().take(101).count();
        if !(1..=100).contains(&length) {
            return Err("the prefix must have 1 to 100 characters");
        }
        if prefix.contains(['{', '}']) {
            return Err("the prefix must not contain braces, which mark the hash tag of a cluster");
        }
        if prefix.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err("the prefix must not contain spaces or control characters");
        }
        Ok(Self { prefix: prefix.to_owned() })
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Hash: feature → newest revision.
    pub(super) fn current(&self) -> String {
        self.tagged("current")
    }

    /// Hash: feature → newest version.
    pub(super) fn versions(&self) -> String {
        self.tagged("versions")
    }

    /// Stream: an entry for each change.
    pub(super) fn changes(&self) -> String {
        self.tagged("changes")
    }

    /// String: the epoch of the store.
    pub(super) fn epoch(&self) -> String {
        self.tagged("epoch")
    }

    /// Stream: an entry for each revision of a feature.
    pub(super) fn history(&self, feature: &str) -> String {
        self.tagged(&format!("history:{}", escape(feature)))
    }

    /// Hash: key → record.
    pub(super) fn records(&self, kind: &str) -> String {
        self.tagged(&format!("records:{}", escape(kind)))
    }

    /// Sorted set: the keys of records that expire, by the time of expiry.
    pub(super) fn expiry(&self, kind: &str) -> String {
        self.tagged(&format!("expiry:{}", escape(kind)))
    }

    /// Hash: name → count.
    pub(super) fn counts(&self, kind: &str, key: &str) -> String {
        self.tagged(&format!("counts:{}:{}", escape(kind), escape(key)))
    }

    /// Hash: unit → choice, for the units of an experiment in one bucket of their hash.
    ///
    /// The buckets spread the units over the slots of a cluster. Each has few units, because Redis stores small hashes most
    /// compactly. The hash function must never change: the assignments that are stored under other keys would be lost.
    pub(super) fn assigned(&self, experiment: &str, unit: &str) -> String {
        let bucket = xxh3_64(unit.as_bytes()) >> 48;
        format!("{}:assign:{}:{{{bucket:04x}}}", self.prefix, escape(experiment))
    }

    /// The start of the keys of all counters.
    pub(super) fn counts_start(&self) -> String {
        self.tagged("counts:")
    }

    /// Returns the kind and key of the counters in a key; `None` for the key of something else.
    pub(super) fn counter_of(&self, key: &str) -> Option<(String, String)> {
        let (kind, key) = key.strip_prefix(&self.counts_start())?.split_once(':')?;
        Some((unescape(kind)?, unescape(key)?))
    }

    /// The start of the keys of all assignments.
    pub(super) fn assigned_start(&self) -> String {
        format!("{}:assign:", self.prefix)
    }

    /// Returns the experiment of the assignments in a key; `None` for the key of something else.
    pub(super) fn experiment_of(&self, key: &str) -> Option<String> {
        let (experiment, bucket) = key.strip_prefix(&self.assigned_start())?.split_once(':')?;
        unescape(experiment).filter(|_| bucket.starts_with('{') && bucket.ends_with('}'))
    }

    /// Returns the slot of all keys except assignments.
    pub(super) fn slot(&self) -> Slot {
        Slot::for_key(self.epoch())
    }

    fn tagged(&self, name: &str) -> String {
        format!("{{{}}}:{name}", self.prefix)
    }
}

/// Escapes characters that have a meaning in keys, or are not readable in a list of keys.
fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '%' | ':' | '{' | '}') || c.is_whitespace() || c.is_control() {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "%{byte:02X}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Returns the name that was escaped; `None` for a text that is not the output of [`escape`].
fn unescape(escaped: &str) -> Option<String> {
    let name = percent_decode_str(escaped).decode_utf8().ok()?;
    (escape(&name) == escaped).then(|| name.into_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    /// Generates names with characters that could make keys ambiguous.
    fn name() -> impl Strategy<Value = String> {
        prop_oneof!["[:{}%a b\n]{0,6}", "(history|current|assign|feats|counts|:|%3A|\\{|\\}){0,5}", "\\PC{0,6}"]
    }

    fn prefix() -> impl Strategy<Value = String> {
        prop_oneof!["[:%a]{1,6}", "(feats|assign|:|%3A|a){1,5}"]
    }

    /// Generates a key and the names that it is for.
    fn key() -> impl Strategy<Value = (String, Vec<String>)> {
        (prefix(), name(), name(), 0..8usize).prop_map(|(prefix, first, second, kind)| {
            let keys = Keys::new(&prefix).expect("a prefix");
            let (key, names) = match kind {
                0 => (keys.current(), vec![]),
                1 => (keys.versions(), vec![]),
                2 => (keys.changes(), vec![]),
                3 => (keys.epoch(), vec![]),
                4 => (keys.history(&first), vec![first]),
                5 => (keys.records(&first), vec![first]),
                6 => (keys.counts(&first, &second), vec![first, second]),
                _ => {
                    let bucket = format!("{:04x}", xxh3_64(second.as_bytes()) >> 48);
                    (keys.assigned(&first, &second), vec![first, bucket])
                }
            };
            (key, [vec![prefix, kind.to_string()], names].concat())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn no_two_names_share_a_key(keys in proptest::collection::vec(key(), 2..40)) {
            let mut owners: HashMap<String, Vec<String>> = HashMap::new();
            for (key, owner) in keys {
                let before = owners.insert(key.clone(), owner.clone());
                prop_assert!(before.is_none_or(|before| before == owner), "{key:?}");
            }
        }

        #[test]
        fn a_prefix_keeps_its_keys_in_one_slot(prefix in prefix(), first in name(), second in name()) {
            let keys = Keys::new(&prefix).expect("a prefix");
            let all = [
                keys.current(), keys.versions(), keys.changes(), keys.epoch(), keys.history(&first),
                keys.records(&first), keys.expiry(&second), keys.counts(&first, &second),
            ];
            for key in all {
                prop_assert_eq!(Slot::for_key(&key), keys.slot(), "{}", key);
            }
        }

        #[test]
        fn an_escaped_name_can_be_decoded(name in name()) {
            let escaped = escape(&name);
            let confusing = escaped.contains([':', '{', '}', '\n', ' ']);
            prop_assert!(!confusing, "{}", escaped);
            prop_assert_eq!(unescape(&escaped), Some(name));
        }

        #[test]
        fn the_names_of_a_key_can_be_parsed(prefix in prefix(), first in name(), second in name()) {
            let keys = Keys::new(&prefix).expect("a prefix");
            let counts = keys.counts(&first, &second);
            prop_assert_eq!(keys.experiment_of(&keys.assigned(&first, &second)), Some(first.clone()));
            prop_assert_eq!(keys.counter_of(&counts), Some((first, second)));
        }
    }

    #[test]
    fn an_ambiguous_prefix_is_rejected() {
        for (prefix, why) in [
            ("", "1 to 100 characters"),
            (&"é".repeat(101), "1 to 100 characters"),
            ("a{b", "braces"),
            ("a}b", "braces"),
            ("a b", "spaces"),
            ("a\u{7f}", "control characters"),
        ] {
            assert!(Keys::new(prefix).unwrap_err().contains(why), "{prefix:?}");
        }
        assert!(Keys::new(&"é".repeat(100)).is_ok());
    }

    /// Frozen: with another function, stored assignments would be lost.
    #[test]
    fn the_key_of_an_assignment_never_changes() {
        let keys = Keys::new("feats").unwrap();
        assert_eq!(keys.assigned("9f3k2m7q", "42"), "feats:assign:9f3k2m7q:{1217}");
        assert_eq!(keys.assigned("a:b", ""), "feats:assign:a%3Ab:{2d06}");
    }
}
