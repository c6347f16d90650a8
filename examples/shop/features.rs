//! The features of the shop.

use crate::processors::{Acme, Aperture, Premium, Processor};
use crate::visitors::User;

/// The processor that charges the card.
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

/// The priorities that an order can have on the packing list.
#[feats::feature(kind = release, owner = "growth")]
pub trait AllowedPriorities {
    /// Orders are packed in sequence
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

/// Images that are prepared for each visitor. Turn this off during an attack: nothing in the shop is as expensive.
#[feats::boolean(kind = ops, owner = "media")]
pub fn ImageProcessing(_user: &User) -> bool {
    true
}
