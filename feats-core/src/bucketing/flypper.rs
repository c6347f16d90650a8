//! The slot function of Flypper, the Python package. Frozen.
//!
//! Flypper hashes the identifier of an actor with MD5 and takes the digest, a big-endian integer, modulo 10 000. This is
//! [`Flag.is_enabled`](https://github.com/nicoolas25/flypper/blob/master/flypper/entities/flag.py).

use md5::{Digest, Md5};

use super::slots::{Seed, decimal};
use super::{buckets, remainder};
use crate::model::{BucketFunction, Value};

/// The number of buckets.
pub const BUCKETS: u32 = BucketFunction::Flypper.buckets();

/// Returns the bucket of the identifier of an actor.
///
/// ```
/// use feats::bucketing::flypper::bucket_of;
/// assert_eq!([bucket_of(b"6393"), bucket_of(b"42")], [0, 5_174]);
/// ```
pub fn bucket_of(id: &[u8]) -> u32 {
    remainder(&Md5::digest(id), BUCKETS)
}

/// Returns the bucket and the slot of an actor. Values have the bytes of [units](super#slots); Flypper itself has only text.
pub fn locate(seed: Seed, id: &Value<'_>) -> Option<(u32, u32)> {
    let mut buffer = itoa::Buffer::new();
    let id = match id {
        Value::Text(text) => text,
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Integer(integer) => decimal(*integer, &mut buffer),
        Value::Float(_) => decimal(id.as_integer_unit()?, &mut buffer),
    };
    let bucket = bucket_of(id.as_bytes());
    Some((bucket, buckets::slot(bucket, BUCKETS, seed.hash(id.as_bytes()))))
}
