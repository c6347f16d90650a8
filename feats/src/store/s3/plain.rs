//! Plain objects: the data of other programs in a bucket.

use futures_util::TryStreamExt;
use object_store::{ObjectMeta, ObjectStore};

use super::S3;
use super::bucket::Bucket;
use super::error::Failure;
use super::objects::path;
use crate::error::{Error, ErrorKind, Result};

/// The maximum number of objects that are listed.
const MAX_OBJECTS: usize = 100_000;

impl S3 {
    /// Returns all objects of the bucket with their keys, sorted by key, whatever the prefix of this handle. The content is `None` if
    /// it has more than `limit` bytes.
    ///
    /// The command line reads flags of other systems with it. Objects of feats are for [`Store`](crate::store::Store) alone.
    ///
    /// ```no_run
    /// # async fn example() -> feats::Result<()> {
    /// let bucket = feats::store::S3::open("s3://flags")?;
    /// for (key, content) in bucket.plain_objects(1 << 20).await? {
    ///     println!("{key} {content:?}");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The bucket cannot be read, or has more than 100 000 objects.
    pub async fn plain_objects(&self, limit: usize) -> Result<Vec<(String, Option<Vec<u8>>)>> {
        self.0.explained(objects(&self.0, limit).await)
    }
}

async fn objects(bucket: &Bucket, limit: usize) -> std::result::Result<Vec<(String, Option<Vec<u8>>)>, Failure> {
    let client = bucket.client().await?;
    let (mut listed, mut keys): (_, Vec<ObjectMeta>) = (client.list(None), Vec::new());
    while let Some(object) = listed.try_next().await? {
        if keys.len() == MAX_OBJECTS {
            let message = format!("the bucket has more than {MAX_OBJECTS} objects");
            return Err(Error::new(ErrorKind::TooLarge, message).into());
        }
        keys.push(object);
    }
    let mut objects = Vec::with_capacity(keys.len());
    for ObjectMeta { location, size, .. } in keys {
        let key = location.to_string();
        if usize::try_from(size).map_or(true, |size| size > limit) {
            objects.push((key, None));
        } else if let Some(content) = bucket.read(&path(&key)?).await? {
            objects.push((key, Some(content)));
        }
    }
    objects.sort();
    Ok(objects)
}
