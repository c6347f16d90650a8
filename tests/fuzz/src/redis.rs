//! What a Redis has for revisions, and its addresses: whatever stands there, it is read or refused, and no refusal repeats it.

use feats::store::{Redis, Store};

/// A password that an address may have; it is in the corpus.
const PASSWORD: &str = "h7Secret";

pub(crate) fn run(bytes: &[u8]) {
    if let Some(entry) = Redis::decode_entry("Payments", bytes) {
        assert_eq!(Redis::encode_entry(&entry), bytes, "a value that is read is written in the same way");
        drop(entry.decode());
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Redis::open(text) {
        Ok(store) => drop(format!("{} {store:?}", store.name())),
        Err(error) => assert!(!format!("{error} {error:?}").contains(PASSWORD), "{error}"),
    }
}
