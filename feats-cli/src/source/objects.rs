//! A bucket of S3 with flags, as flipper-client writes them: the key is the name of the flag.

use feats::store::S3;

use super::found::{Found, MAX_FLAG_BYTES};
use crate::failure::Result;

/// Reads all flags, sorted by name.
pub(super) async fn read(bucket: &S3) -> Result<Vec<Found>> {
    let found = |(key, content): (String, Option<Vec<u8>>)| Found {
        text: match content {
            Some(bytes) => String::from_utf8(bytes).map_err(|_| "the object is not UTF-8".to_owned()),
            None => Err(format!("the object has more than {MAX_FLAG_BYTES} bytes")),
        },
        name: Some(key.clone()),
        place: key,
    };
    Ok(Box::pin(bucket.plain_objects(MAX_FLAG_BYTES)).await?.into_iter().map(found).collect())
}
