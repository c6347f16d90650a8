//! The code under test: a shopping cart and its features.

/// The cart of a customer.
#[derive(Clone)]
pub struct Cart {
    /// The number of the customer.
    pub customer: u64,
    /// The country that the order is shipped to, as ISO 3166-1 alpha-2 code.
    pub country: String,
    /// The price of the goods.
    pub cents: u64,
}

/// The country that the order is shipped to.
#[feats::segment]
pub trait Country {
    fn cart(cart: &Cart) -> &str {
        &cart.country
    }
}

/// The number of the customer.
#[feats::segment]
pub trait CustomerId {
    fn cart(cart: &Cart) -> u64 {
        cart.customer
    }
}

/// Free shipping; by default for orders of at least $50.00.
#[feats::boolean(owner = "logistics")]
pub fn FreeShipping(cart: &Cart) -> bool {
    cart.cents >= 5_000
}

/// The delivery of an order.
#[feats::feature(owner = "logistics")]
pub trait Delivery {
    /// Slow and cheap.
    #[default]
    async fn post(_cart: &Cart) -> &'static str {
        "in three days"
    }
    /// Fast and expensive.
    async fn courier(_cart: &Cart) -> &'static str {
        "tomorrow"
    }
}

/// Returns the total price in cents.
pub fn total(cart: &Cart) -> u64 {
    if FreeShipping::is_enabled(cart) { cart.cents } else { cart.cents + 500 }
}

/// Returns the message about the delivery.
pub async fn promise(cart: &Cart) -> String {
    format!("Your order arrives {}.", Delivery::create(cart).await)
}

/// Returns a small cart that is shipped to a country.
pub fn small_cart(country: &str) -> Cart {
    Cart { customer: 1, country: country.to_owned(), cents: 2_500 }
}
