//! The bucket of an actor in Flypper.

/// Returns the bucket, from 0 to 9999, in which Flypper puts the actor with this id.
///
/// ```
/// use feats::flags::flypper;
///
/// assert_eq!(flypper::bucket("6393"), 0);
/// assert_eq!(flypper::bucket("42"), 5174);
/// ```
pub fn bucket(id: &str) -> u32 {
    crate::bucketing::flypper::bucket_of(id.as_bytes())
}
