//! Handles in a library that depends on feats as `switch`, under the strictest lints.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, clippy::all, clippy::pedantic, clippy::nursery)]

/// A buyer.
#[derive(Debug)]
pub struct Buyer {
    /// The country of the buyer.
    pub country: String,
}

/// The country of the buyer.
#[switch::segment]
pub trait BuyerCountry {
    const OPTIONS: &[&str] = &["CA", "US"];
    fn buyer(buyer: &Buyer) -> &str {
        &buyer.country
    }
}

/// The salutation of the buyer.
#[switch::feature(owner = "shop")]
pub trait Salutation {
    #[default]
    fn formal(_buyer: &Buyer) -> &'static str {
        "Good day"
    }
    fn familiar(_buyer: &Buyer) -> &'static str {
        "Hello"
    }
}

/// The price of a parcel.
#[switch::feature]
pub trait Postage {
    type Output = dyn Fn(u32) -> u32;

    #[default]
    fn flat() -> fn(u32) -> u32 {
        |_| 5
    }
    fn by_weight() -> fn(u32) -> u32 {
        |grams| grams / 100
    }
}

/// The parser of stored data.
#[switch::feature]
pub trait Reader {
    #[default]
    fn strict(text: &str) -> Result<u32, std::num::ParseIntError> {
        text.parse()
    }
}

#[switch::feature]
pub trait Undocumented {
    #[default]
    async fn plain(_buyer: Buyer) -> Option<u8> {
        None
    }
}

/// Free shipping.
#[switch::boolean]
pub fn FreeShipping(buyer: &Buyer) -> bool {
    buyer.country == "CA"
}

/// The price of shipping.
#[switch::when_enabled(FreeShipping(buyer), otherwise = full_price)]
#[must_use]
pub fn shipping(buyer: &Buyer, _items: u32) -> u32 {
    u32::from(buyer.country.is_empty())
}

const fn full_price(_buyer: &Buyer, items: u32) -> u32 {
    5 * items
}

/// The price of wrapping.
#[switch::when_enabled("WRAPPING", attributes = switch::attributes! { "items" => items })]
#[must_use]
pub fn wrapping(items: u32) -> u32 {
    2 * items
}

#[cfg(test)]
mod tests {
    use super::{Buyer, BuyerCountry, FreeShipping, Postage, Reader, Salutation, Undocumented, shipping, wrapping};
    use switch::{Feature, Segment};

    #[test]
    fn handles_work_if_feats_is_renamed() {
        let buyer = Buyer { country: "CA".to_owned() };
        assert_eq!(Salutation::create(&buyer), "Good day");
        assert!(FreeShipping::is_enabled(&buyer));
        assert_eq!((shipping(&buyer, 2), shipping(&Buyer { country: "US".to_owned() }, 2)), (0, 10));
        assert_eq!(wrapping(2), None);
        assert_eq!(Postage::create()(300), 5);
        assert_eq!(Reader::create("3"), Ok(3));
        assert_eq!(Undocumented::find_implementation(&buyer), Undocumented::Plain);
        assert_eq!(BuyerCountry::NAME, "BuyerCountry");
        assert_eq!(Salutation::entry().location.crate_name, "feats-tests-renamed");
    }
}
