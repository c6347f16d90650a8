//! A library that declares a feature.

/// Gift wrapping of orders.
#[feats::boolean(owner = "gifts")]
pub fn GiftWrap() -> bool {
    false
}
