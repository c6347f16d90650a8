//! Compressed revisions: the bytes of a revision, compressed while they are not needed.

use lz4_flex::block::{compress_into_with_dict, decompress_into_with_dict, get_maximum_output_size};

/// The common parts of revisions, in their usual order. The dictionary only improves compression, and compressed bytes never leave
/// the process, so it can be changed at any time.
const DICTIONARY: &[u8] = br#""client_data":{"ttl":true,"values":{"light":{"archived":true,"missing":"fail",{"segment":"user_id","in":["by":"user_id","seed":"{"segment":"country","eq":"tenant"is_admin","eq":true}]},{"all":[{"segment":"","slots":[["disabled",950000,1],["enabled",50000,1]]}}},"weights":{"disabled":95,"enabled":5},"seed":"","flag":{"enabled":true,"created_at":"2026-12-01T09:00:00.000Z","created_by":""},"rules":[{"name":"conditions","select":{"gate":{"conditions":[{"all":[{"segment":"age","gte":18}]}],"pass":"enabled","fail":"disabled"}}}],"otherwise":{"static":"enabled"}"ramp":{"start":"2026-12-01T09:00:00Z","duration":"1h","from":[["}},"overrides":[{"segment":"UserId","values":["use":"{"all":[{"any":[{"not":{"attribute":"Environment","eq":"matches":"contains":"starts_with":"gte":"not_in":["}]},{"segment":"Country","in":["{"segment":"Country","eq":""]},"select":{"static":"{"name":"","when":{"segment":"Country","eq":"US"},"select":{"rollout":{"by":"UserId","seed":"","weights":{"acme":95,"aperture":5},"slots":[["acme",950000,1],["aperture",50000,1]]}}}],"otherwise":{"static":"disabled"}}}"enabled""default"{"format":1,"feature":"","version":1,"id":"","previous":"0000000000000000000000000000000000000000000000000000000000000000","author":"","comment":"","time":"2026-11-21T09:00:00Z","state":{"pinned":null,"overrides":[],"rules":[{"name":""#;

/// Compressed bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Compressed {
    bytes: Box<[u8]>,
    length: u32,
}

impl Compressed {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let mut compressed = vec![0; get_maximum_output_size(bytes.len())];
        let (Ok(size), Ok(length)) =
            (compress_into_with_dict(bytes, &mut compressed, DICTIONARY), u32::try_from(bytes.len()))
        else {
            return Self { bytes: Box::new([]), length: 0 };
        };
        compressed.truncate(size);
        Self { bytes: compressed.into(), length }
    }

    /// Returns the original bytes.
    pub(crate) fn decompress(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.length as usize];
        let size = decompress_into_with_dict(&self.bytes, &mut bytes, DICTIONARY).unwrap_or(0);
        bytes.truncate(size);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::Compressed;

    #[test]
    fn decompression_returns_the_original_bytes() {
        for length in [0, 1, 12, 13, 64, 1_000, 1 << 20] {
            let random: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..)).take(length).collect();
            assert_eq!(Compressed::new(&random).decompress(), random);
            let repeated = b"{\"rules\":[]}".repeat(length / 12);
            assert_eq!(Compressed::new(&repeated).decompress(), repeated);
        }
    }
}
