//! Tests of code that uses features: with a chosen implementation, with rules, and with a manual clock.
//!
//! Copy from `tests.rs`. The program prints the same cases.
//!
//! ```console
//! $ cargo run --example testing
//! $ cargo test -p feats-examples --example testing
//! ```
#![expect(clippy::print_stdout, reason = "a command-line program")]

mod cart;
#[cfg(test)]
mod tests;

use std::time::Duration;

use cart::{Cart, Country, CustomerId, Delivery, FreeShipping, promise, small_cart, total};
use feats::edit::rollout;
use feats::{App, testing};

#[tokio::main]
async fn main() -> feats::Result<()> {
    let cart = small_cart("CA");
    println!("The total of a cart of 2500 cents, with shipping:");
    println!("  by default:                {}", total(&cart));
    testing::with(FreeShipping::Enabled, || println!("  with a chosen value:       {}", total(&cart)));

    let clock = testing::ManualClock::at("2026-12-01T09:00:00Z");
    let app = App::builder().clock(clock.clone()).detached().start().await?;
    let shipping = app.feature::<FreeShipping>();
    shipping.edit().rule("Winter sale", Country::is("CA"), FreeShipping::Enabled).author("ada").publish().await?;
    app.enter(|| println!("  with a rule for Canada:    {}", total(&cart)));

    let everyone = [(FreeShipping::Enabled, 100.0), (FreeShipping::Default, 0.0)];
    let none = [(FreeShipping::Enabled, 0.0), (FreeShipping::Default, 100.0)];
    let ramp = rollout(CustomerId, everyone).ramp_from(none).starts_at("2026-12-01T09:00:00Z".parse()?);
    shipping.edit().otherwise(ramp.ramp_over(Duration::from_secs(1_800))).author("ada").publish().await?;
    println!("Customers with free shipping, of 1000 in other countries:");
    for minutes in [0, 10, 20, 30] {
        clock.set_elapsed(Duration::from_secs(60 * minutes));
        println!("  after {minutes:>2} minutes: {:>4}", app.enter(free_shipments));
    }

    println!("By post:    {}", promise(&cart).await);
    println!("By courier: {}", testing::with_async(Delivery::Courier, promise(&cart)).await);
    Ok(())
}

/// Returns the number of customers with free shipping for a small cart, of a thousand in France.
fn free_shipments() -> usize {
    let carts = (1..=1_000).map(|customer| Cart { customer, ..small_cart("FR") });
    carts.filter(|cart| total(cart) == cart.cents).count()
}
