//! The encoding of a draft in a form: JSON, compressed if it is long. The draft travels to the browser and back at every step.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use feats::model::{MAX_REVISION_BYTES, State};
use lz4_flex::block::{compress_prepend_size, decompress};

use crate::failure::Failure;

/// The prefix of a compressed draft, with which JSON cannot start.
const PREFIX: &str = "lz4:";

/// The longest JSON that is not compressed.
const MAX_PLAIN_BYTES: usize = 16 << 10;

/// The size of the length field of a compressed draft.
const LENGTH_BYTES: usize = 4;

pub(crate) fn encode(state: &State) -> String {
    let json = state.to_json().to_string();
    if json.len() <= MAX_PLAIN_BYTES {
        return json;
    }
    format!("{PREFIX}{}", BASE64.encode(compress_prepend_size(json.as_bytes())))
}

/// Decodes a draft to JSON. A draft that claims to exceed the size of a revision is not decompressed.
pub(super) fn decode(text: &str) -> Result<Cow<'_, str>, Failure> {
    let Some(encoded) = text.strip_prefix(PREFIX) else { return Ok(Cow::Borrowed(text)) };
    let damaged = || Failure::Unreadable("The draft can't be read: it is incomplete or was altered.".to_owned());
    let bytes = BASE64.decode(encoded).map_err(|_| damaged())?;
    let (length, compressed) = bytes.split_first_chunk::<LENGTH_BYTES>().ok_or_else(damaged)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| damaged())?;
    if length > MAX_REVISION_BYTES {
        return Err(Failure::TooLarge);
    }
    let json = decompress(compressed, length).ok().filter(|json| json.len() == length).ok_or_else(damaged)?;
    String::from_utf8(json).map(Cow::Owned).map_err(|_| damaged())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn large() -> State {
        let overrides: Vec<_> = (0..10_000)
            .map(|unit| serde_json::json!({ "segment": "UserId", "values": [unit], "use": "premium" }))
            .collect();
        State::from_json(&serde_json::json!({ "overrides": overrides }))
    }

    #[test]
    fn drafts_round_trip_and_long_ones_are_compressed() {
        for state in [State::default(), large()] {
            let encoded = encode(&state);
            assert!(encoded.len() < 300 << 10, "{} bytes", encoded.len());
            let decoded: State = decode(&encoded).expect("readable").parse().expect("a state");
            assert_eq!(decoded, state);
        }
    }

    #[test]
    fn invalid_drafts_are_rejected_whatever_length_they_claim() {
        let claim =
            |length: u32, rest: &[u8]| format!("{PREFIX}{}", BASE64.encode([&length.to_le_bytes(), rest].concat()));
        assert!(matches!(decode(&claim(u32::MAX, b"")), Err(Failure::TooLarge)));
        assert!(decode(&claim(1 << 20, b"\x10a")).is_err());
        for text in ["lz4:", "lz4:A", "lz4:AAAA", "lz4:!!", &claim(4, b"\xff\xff"), &claim(0, b"{}")] {
            assert!(decode(text).is_err(), "{text}");
        }
        let whole = encode(&large());
        assert!(decode(whole.get(..whole.len() / 2).expect("ASCII")).is_err());
    }
}
