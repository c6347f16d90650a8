//! The slot function of flipper-client, the Python package. Frozen.
//!
//! Flipper hashes the text that Python's `json.dumps` makes of the sorted pairs of the attributes' names and values, with SHA-1, and
//! takes the digest, a big-endian integer, modulo 100. This is
//! [`ConsistentHashPercentageBucketer`](https://github.com/carta/flipper-client/blob/v1.3.2/flipper/bucketing/consistent_hash_percentage_bucketer.py).

use std::fmt::{self, Write};

use sha1::{Digest, Sha1};

use super::slots::{Seed, decimal};
use super::unit::UnitHasher;
use super::{buckets, remainder};
use crate::model::{BucketFunction, Value};
use crate::text::python_json;

/// The number of buckets.
pub const BUCKETS: u32 = BucketFunction::Flipper.buckets();

/// Returns the bucket of the JSON text of sorted pairs.
///
/// ```
/// use feats::bucketing::flipper::bucket_of;
/// assert_eq!(bucket_of(br#"[["user_id", 1]]"#), 48);
/// assert_eq!(bucket_of(b"[]"), 32, "the bucket of subjects without the attributes");
/// ```
pub fn bucket_of(json: &[u8]) -> u32 {
    remainder(&Sha1::digest(json), BUCKETS)
}

/// The attributes of a subject, which are hashed one by one. Allocates nothing.
pub struct FlipperUnit {
    native: UnitHasher,
    sha1: Sha1,
    is_empty: bool,
}

impl FlipperUnit {
    /// Starts a unit of a rollout with this seed.
    pub fn new(seed: Seed) -> Self {
        let mut unit = Self { native: UnitHasher::new(seed), sha1: Sha1::new(), is_empty: true };
        unit.push_bytes(b"[");
        unit
    }

    /// Adds an attribute. The names must come in the order of their bytes.
    pub fn push(&mut self, name: &str, value: &Value<'_>) {
        self.push_bytes(if self.is_empty { b"[" } else { b", [" });
        self.is_empty = false;
        // Writing to a hasher cannot fail.
        let _ = self.write_pair(name, value);
    }

    /// Returns the bucket and the slot of the unit.
    pub fn locate(mut self) -> (u32, u32) {
        self.push_bytes(b"]");
        let bucket = remainder(&self.sha1.finalize(), BUCKETS);
        (bucket, buckets::slot(bucket, BUCKETS, self.native.hash()))
    }

    fn write_pair(&mut self, name: &str, value: &Value<'_>) -> fmt::Result {
        python_json::write_text(self, name)?;
        self.write_str(", ")?;
        match value {
            Value::Text(text) => python_json::write_text(self, text)?,
            Value::Float(float) => python_json::write_float(self, *float)?,
            Value::Integer(integer) => self.write_str(decimal(*integer, &mut itoa::Buffer::new()))?,
            Value::Bool(bool) => self.write_str(if *bool { "true" } else { "false" })?,
        }
        self.write_str("]")
    }

    fn push_bytes(&mut self, bytes: &[u8]) {
        self.native.push_bytes(bytes);
        self.sha1.update(bytes);
    }
}

impl Write for FlipperUnit {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_bytes(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_hashed_as_its_json() {
        let seed = Seed::new("s");
        let mut unit = FlipperUnit::new(seed);
        unit.push("derp", &Value::from(false));
        unit.push("foo", &Value::from("bar"));
        unit.push("herp", &Value::from(99));
        let json = br#"[["derp", false], ["foo", "bar"], ["herp", 99]]"#;
        assert_eq!(bucket_of(json), 67);
        assert_eq!(unit.locate(), (67, buckets::slot(67, BUCKETS, seed.hash(json))));
        assert_eq!(FlipperUnit::new(seed).locate(), (32, buckets::slot(32, BUCKETS, seed.hash(b"[]"))));
    }
}
