//! Revisions in Redis, and Redis URLs: arbitrary values are parsed or refused, and no error repeats a password.

use feats::store::{Redis, Store};

/// A password in addresses of the corpus.
const PASSWORD: &str = "h7Secret";

pub(crate) fn run(bytes: &[u8]) {
    if let Some(entry) = Redis::decode_entry("Payments", bytes) {
        assert_eq!(Redis::encode_entry(&entry), bytes, "a decoded value encodes to the same bytes");
        drop(entry.decode());
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Redis::open(text) {
        Ok(store) => drop(format!("{} {store:?}", store.name())),
        Err(error) => assert!(!format!("{error} {error:?}").contains(PASSWORD), "{error}"),
    }
}
