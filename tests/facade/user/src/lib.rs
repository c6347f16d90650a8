//! Handles in a library whose only dependency is a facade of feats: the attributes give the path of feats.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]

use facade::feats as renamed;

/// A buyer.
#[derive(Debug)]
pub struct Buyer {
    /// The country of the buyer.
    pub country: String,
}

/// The country of the buyer.
#[facade::feats::segment(crate = facade::feats)]
pub trait BuyerCountry {
    const OPTIONS: &[&str] = &["CA", "US"];
    fn buyer(buyer: &Buyer) -> &str {
        &buyer.country
    }
}

/// The salutation of the buyer.
#[facade::flags::feature(owner = "shop", crate = ::facade::flags::library)]
#[cfg(not(any()))]
pub trait Salutation {
    #[cfg_attr(all(), default)]
    fn formal(_buyer: &Buyer) -> &'static str {
        "Good day"
    }
    fn familiar(_buyer: &Buyer) -> &'static str {
        "Hello"
    }
}

/// Free shipping. The path may be a string, as with serde.
#[facade::feats::boolean(crate = "facade::feats")]
pub fn FreeShipping(buyer: &Buyer) -> bool {
    buyer.country == "CA"
}

/// The price of shipping.
#[facade::feats::when_enabled(FreeShipping(buyer), otherwise = full_price, crate = facade::feats)]
#[must_use]
pub fn shipping(buyer: &Buyer, items: u32) -> u32 {
    items * u32::from(buyer.country.is_empty())
}

fn full_price(_buyer: &Buyer, items: u32) -> u32 {
    5 * items
}

/// The price of wrapping.
#[facade::flags::when_enabled("WRAPPING", crate = "::facade::flags::library")]
#[cfg(not(any()))]
pub async fn wrapping(items: u32) -> u32 {
    std::future::ready(items).await
}

facade::guard!(
    /// The price of a card.
    pub fn card(items: u32) -> u32 { items * 2 } when "CARDS"
);

mod within {
    use super::renamed;

    #[renamed::feature(crate = super::renamed)]
    pub(crate) trait Relative {
        #[default]
        async fn plain() -> u8 {
            1
        }
    }

    #[renamed::segment(crate = crate::renamed)]
    pub(crate) trait Size {
        fn text(text: &str) -> usize {
            text.len()
        }
    }
}

facade::declare!(
    /// Declared by a macro of the facade.
    pub Declared: 7
);

#[cfg(test)]
mod tests {
    use super::within::{Relative, Size};
    use super::{Buyer, BuyerCountry, Declared, FreeShipping, Salutation, card, shipping, wrapping};
    use facade::feats::{Feature, Segment};

    #[test]
    fn handles_work_behind_a_facade() {
        let buyer = Buyer { country: "CA".to_owned() };
        assert_eq!((Salutation::create(&buyer), Salutation::DEFAULT), ("Good day", Salutation::Formal));
        assert!(FreeShipping::is_enabled(&buyer));
        assert_eq!((shipping(&buyer, 2), shipping(&Buyer { country: "US".to_owned() }, 2)), (0, 10));
        assert_eq!(card(2), None);
        drop(wrapping(2));
        assert_eq!(Declared::create(), 7);
        assert_eq!(Relative::find_implementation(), Relative::Plain);
        assert_eq!((BuyerCountry::NAME, Size::NAME), ("BuyerCountry", "Size"));
        let _ = BuyerCountry::is("CA");
    }

    #[test]
    fn the_location_of_a_declaration_is_that_of_its_name() {
        let location = &FreeShipping::entry().location;
        assert_eq!((location.crate_name, location.module), ("feats-tests-facade-user", "feats_tests_facade_user"));
        assert!(location.line > 30, "{location:?}");
    }
}
