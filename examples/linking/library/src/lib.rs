//! A library that declares a feature.

/// Whether an order can be wrapped as a gift.
#[feats::boolean(owner = "gifts")]
pub fn GiftWrap() -> bool {
    false
}
