//! The names of objects.

use std::fmt::Write;

use object_store::path::Path;
use sha2::{Digest, Sha256};

use super::error::Failure;
use crate::error::{Error, ErrorKind};
use crate::model::Hash;

/// The name of the head after the prefix.
pub(super) const HEAD: &str = "head.json";
/// The name of the folder of all revisions.
const REVISIONS: &str = "revisions";
/// The maximum size of an object that is read: larger than any revision.
pub(super) const MAX_OBJECT_BYTES: u64 = 32 << 20;
/// The maximum length of an encoded feature. A longer one is cut, and its SHA-256 appended.
const MAX_SEGMENT_BYTES: usize = 300;

/// Returns the path of an object.
pub(super) fn path(key: &str) -> Result<Path, Failure> {
    let invalid = |error| Error::new(ErrorKind::Invalid, "a key of S3 is not valid").with_source(error);
    Ok(Path::parse(key).map_err(invalid)?)
}

/// Returns the folder of all revisions.
pub(super) fn revisions(prefix: &str) -> Result<Path, Failure> {
    path(&format!("{prefix}/{REVISIONS}"))
}

/// Returns the folder of the revisions of a feature.
pub(super) fn folder(prefix: &str, feature: &str) -> Result<Path, Failure> {
    path(&format!("{prefix}/{REVISIONS}/{}", segment(feature)))
}

/// Returns the path of a revision.
pub(super) fn revision(prefix: &str, feature: &str, version: u64, hash: &Hash) -> Result<Path, Failure> {
    path(&format!("{prefix}/{REVISIONS}/{}/{version:020}-{hash}", segment(feature)))
}

/// Returns the version and the hash in the path of a revision; `None` if the path is not that of one.
pub(super) fn parse_revision(path: &Path) -> Option<(u64, Hash)> {
    let (version, hash) = path.filename()?.split_once('-')?;
    let is_padded = version.len() == 20 && version.bytes().all(|byte| byte.is_ascii_digit());
    is_padded.then_some(())?;
    Some((version.parse().ok()?, hash.parse().ok()?))
}

/// Encodes the name of a feature as one segment of a path. Different names have different segments.
pub(super) fn segment(feature: &str) -> String {
    let mut segment = String::with_capacity(feature.len());
    for byte in feature.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => segment.push(char::from(byte)),
            // `~` in place of `%`: tools encode and decode that differently.
            byte => drop(write!(segment, "~{byte:02x}")),
        }
    }
    if segment.len() > MAX_SEGMENT_BYTES {
        let hash = Hash(Sha256::digest(feature.as_bytes()).into());
        segment.truncate(MAX_SEGMENT_BYTES);
        let _ = write!(segment, "~~{hash}");
    }
    segment
}

/// Checks the size of an object.
pub(super) fn check_size(bytes: u64, max: u64) -> Result<(), Failure> {
    if bytes <= max {
        return Ok(());
    }
    let message = format!("an object has {bytes} bytes; the maximum is {max}");
    Err(Error::new(ErrorKind::TooLarge, message).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_a_segment_of_its_own() {
        let long = "é".repeat(200);
        let names = ["Pay", "pay", "pay ", "a/b", "a~b", "a~7eb", "..", "%", "é", &long, &long[2..]];
        let segments: std::collections::BTreeSet<String> = names.iter().map(|name| segment(name)).collect();
        assert_eq!(segments.len(), names.len());
        for segment in segments {
            assert!(segment.len() < 400 && folder("feats", &segment).is_ok(), "{segment}");
        }
        assert_eq!(segment("a/b"), "a~2fb");
    }

    #[test]
    fn a_revision_is_recognized_by_its_name() {
        let hash = Hash([7; 32]);
        let path = revision("feats", "Pay", 12, &hash).unwrap();
        assert_eq!(parse_revision(&path), Some((12, hash)));
        for other in ["12-ab", "head.json", "00000000000000000012-ab", "+0000000000000000012-ab"] {
            assert_eq!(parse_revision(&super::path(&format!("feats/revisions/Pay/{other}")).unwrap()), None);
        }
    }
}
