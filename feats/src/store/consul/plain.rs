//! Plain values: the data of other programs in Consul.

use super::Consul;
use crate::error::Result;

impl Consul {
    /// Returns the start of all keys of this handle: its base key and a slash, by default `feats/`.
    ///
    /// ```
    /// use feats::store::Consul;
    ///
    /// assert_eq!(Consul::open("consul://localhost/team/flags")?.key_prefix()?, "team/flags/");
    /// # Ok::<(), feats::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the base key is not valid.
    pub fn key_prefix(&self) -> Result<String> {
        Ok(format!("{}/", self.0.keys()?.base()))
    }

    /// Returns the values of all keys under the base key of this handle, with their keys, sorted by key. The value is `None` if it has
    /// more than `limit` bytes. Keys with an empty value, such as folders, are left out.
    ///
    /// The command line reads flags of other systems with it, in one request. Keys of feats are for [`Store`](crate::store::Store)
    /// alone.
    ///
    /// ```no_run
    /// # async fn example() -> feats::Result<()> {
    /// let consul = feats::store::Consul::open("consul://localhost/features")?;
    /// for (key, value) in consul.plain_values(1 << 20).await? {
    ///     println!("{key} {value:?}");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// - [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if the response has more than 64 MiB.
    /// - Any other kind if Consul cannot be read.
    pub async fn plain_values(&self, limit: usize) -> Result<Vec<(String, Option<Vec<u8>>)>> {
        let values = self.0.list(&self.key_prefix()?).await?.into_iter().filter(|value| !value.bytes.is_empty());
        let mut values: Vec<_> =
            values.map(|value| (value.key, Some(value.bytes).filter(|bytes| bytes.len() <= limit))).collect();
        values.sort();
        Ok(values)
    }
}
