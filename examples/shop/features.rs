//! What may vary in the shop.

use crate::processors::{Acme, Aperture, Premium, Processor};
use crate::visitors::User;

/// Who charges the card.
#[feats::feature(kind = ops, owner = "payments")]
pub trait PaymentProcessor {
    type Output = dyn Processor;

    /// 2% + $0.30 a transaction
    #[default]
    fn acme(_user: &User) -> Acme {
        Acme
    }

    /// 4% + $0.50 a transaction
    fn premium(_user: &User) -> Premium {
        Premium
    }

    /// 1% a transaction
    fn aperture(_user: &User) -> Aperture {
        Aperture
    }
}

/// How an order may be ranked on the packers' to-do list.
#[feats::feature(kind = release, owner = "growth")]
pub trait AllowedPriorities {
    /// Every order is packed in its turn
    #[default]
    fn no_priority(_user: &User) -> &'static [&'static str] {
        &[]
    }

    /// Important or normal
    fn two_priorities(_user: &User) -> &'static [&'static str] {
        &["Important", "Normal"]
    }

    /// Important, normal or unimportant
    fn three_priorities(_user: &User) -> &'static [&'static str] {
        &["Important", "Normal", "Unimportant"]
    }
}

/// Whether pictures are prepared for each visitor. Turn it off while under attack: it is the dearest thing we do.
#[feats::boolean(kind = ops, owner = "media")]
pub fn ImageProcessing(_user: &User) -> bool {
    true
}
