//! Packed revisions: the bytes of a revision, kept small for as long as nobody asks for them.

use lz4_flex::block::{compress_into_with_dict, decompress_into_with_dict, get_maximum_output_size};

/// What revisions have in common, in the order in which they have it. It only makes packed bytes small, and nothing
/// packed ever leaves the process, so it may change at will.
const DICTIONARY: &[u8] = br#""ramp":{"start":"2026-12-01T09:00:00Z","duration":"1h","from":[["}},"overrides":[{"segment":"UserId","values":["use":"{"all":[{"any":[{"not":{"attribute":"Environment","eq":"matches":"contains":"starts_with":"gte":"not_in":["}]},{"segment":"Country","in":["{"segment":"Country","eq":""]},"select":{"static":"{"name":"","when":{"segment":"Country","eq":"US"},"select":{"rollout":{"by":"UserId","seed":"","weights":{"acme":95,"aperture":5},"slots":[["acme",950000,1],["aperture",50000,1]]}}}],"otherwise":{"static":"disabled"}}}"enabled""default"{"format":1,"feature":"","version":1,"id":"","previous":"0000000000000000000000000000000000000000000000000000000000000000","author":"","comment":"","time":"2026-11-21T09:00:00Z","state":{"pinned":null,"overrides":[],"rules":[{"name":""#;

/// Bytes, compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Compressed {
    bytes: Box<[u8]>,
    length: u32,
}

impl Compressed {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let mut packed = vec![0; get_maximum_output_size(bytes.len())];
        let (Ok(size), Ok(length)) =
            (compress_into_with_dict(bytes, &mut packed, DICTIONARY), u32::try_from(bytes.len()))
        else {
            return Self { bytes: Box::new([]), length: 0 };
        };
        packed.truncate(size);
        Self { bytes: packed.into(), length }
    }

    /// The bytes as they were.
    pub(crate) fn unpack(&self) -> Vec<u8> {
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
    fn bytes_come_back_as_they_were() {
        for length in [0, 1, 12, 13, 64, 1_000, 1 << 20] {
            let random: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..)).take(length).collect();
            assert_eq!(Compressed::new(&random).unpack(), random);
            let repeated = b"{\"rules\":[]}".repeat(length / 12);
            assert_eq!(Compressed::new(&repeated).unpack(), repeated);
        }
    }
}
