//! The code under test: a shopping cart, and what may vary about it.

/// What a customer is about to buy.
#[derive(Clone)]
pub struct Cart {
    /// Who buys.
    pub customer: u64,
    /// Where it is sent, as ISO 3166-1 alpha-2.
    pub country: String,
    /// What the goods cost.
    pub cents: u64,
}

/// Where it is sent.
#[feats::segment]
pub trait Country {
    fn cart(cart: &Cart) -> &str {
        &cart.country
    }
}

/// Who buys.
#[feats::segment]
pub trait CustomerId {
    fn cart(cart: &Cart) -> u64 {
        cart.customer
    }
}

/// No charge for shipping; by default from $50.00 on.
#[feats::boolean(owner = "logistics")]
pub fn FreeShipping(cart: &Cart) -> bool {
    cart.cents >= 5_000
}

/// Who brings it, and when.
#[feats::feature(owner = "logistics")]
pub trait Delivery {
    /// The slow one.
    #[default]
    async fn post(_cart: &Cart) -> &'static str {
        "in three days"
    }
    /// The dear one.
    async fn courier(_cart: &Cart) -> &'static str {
        "tomorrow"
    }
}

/// What the customer pays, in cents.
pub fn total(cart: &Cart) -> u64 {
    if FreeShipping::is_enabled(cart) { cart.cents } else { cart.cents + 500 }
}

/// What the customer is told.
pub async fn promise(cart: &Cart) -> String {
    format!("Your order arrives {}.", Delivery::create(cart).await)
}

/// A small cart, sent to a country.
pub fn small_cart(country: &str) -> Cart {
    Cart { customer: 1, country: country.to_owned(), cents: 2_500 }
}
