//! Payment processors and their fees.

use std::fmt;

/// A payment processor.
pub trait Processor {
    /// Charges a price to a card.
    fn charge(&self, price: Cents) -> Receipt;
}

/// An amount in US cents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cents(pub u64);

/// The receipt of a charge.
#[derive(Debug, PartialEq)]
pub struct Receipt {
    pub processor: &'static str,
    pub price: Cents,
    /// The fee of the processor.
    pub fee: Cents,
}

/// 2% + $0.30 per transaction.
pub struct Acme;

/// 4% + $0.50 per transaction.
pub struct Premium;

/// 1% per transaction.
pub struct Aperture;

impl Processor for Acme {
    fn charge(&self, price: Cents) -> Receipt {
        Receipt { processor: "Acme", price, fee: fee(price, 2, 30) }
    }
}

impl Processor for Premium {
    fn charge(&self, price: Cents) -> Receipt {
        Receipt { processor: "Premium", price, fee: fee(price, 4, 50) }
    }
}

impl Processor for Aperture {
    fn charge(&self, price: Cents) -> Receipt {
        Receipt { processor: "Aperture", price, fee: fee(price, 1, 0) }
    }
}

/// Returns a percentage of the price, rounded to the cent, plus a fixed part.
fn fee(Cents(price): Cents, percent: u64, fixed: u64) -> Cents {
    Cents((price * percent + 50) / 100 + fixed)
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_processor_charges_its_fee() {
        let fees = |price| [Acme.charge(price).fee, Premium.charge(price).fee, Aperture.charge(price).fee];
        assert_eq!(fees(Cents(2_500)), [Cents(80), Cents(150), Cents(25)]);
        assert_eq!(fees(Cents(49)), [Cents(31), Cents(52), Cents(0)]);
    }
}
