//! Testing code that uses features: by choosing, by rules, and by the clock.
//!
//! `tests.rs` is what to copy; the program shows the same for the eye.
//!
//! ```console
//! $ cargo run --example testing
//! $ cargo test -p feats-examples --example testing
//! ```
#![expect(clippy::print_stdout, reason = "it is a program for the terminal")]

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
    println!("A cart of 2500 cents costs, with shipping,");
    println!("  as the code says:            {}", total(&cart));
    testing::with(FreeShipping::Enabled, || println!("  if a test says it is free:   {}", total(&cart)));

    let clock = testing::ManualClock::at("2026-12-01T09:00:00Z");
    let app = App::builder().clock(clock.clone()).detached().start().await?;
    let shipping = app.feature::<FreeShipping>();
    shipping.edit().rule("Winter sale", Country::is("CA"), FreeShipping::Enabled).author("ada").publish().await?;
    app.enter(|| println!("  if a rule in Canada says so: {}", total(&cart)));

    let everyone = [(FreeShipping::Enabled, 100.0), (FreeShipping::Default, 0.0)];
    let nobody = [(FreeShipping::Enabled, 0.0), (FreeShipping::Default, 100.0)];
    let slowly = rollout(CustomerId, everyone).ramp_from(nobody).starts_at("2026-12-01T09:00:00Z".parse()?);
    shipping.edit().otherwise(slowly.ramp_over(Duration::from_secs(1_800))).author("ada").publish().await?;
    println!("Of 1000 customers elsewhere, this many ship for free:");
    for minutes in [0, 10, 20, 30] {
        clock.set_elapsed(Duration::from_secs(60 * minutes));
        println!("  after {minutes:>2} minutes: {:>4}", app.enter(lucky));
    }

    println!("By post:    {}", promise(&cart).await);
    println!("By courier: {}", testing::with_async(Delivery::Courier, promise(&cart)).await);
    Ok(())
}

/// How many of a thousand customers in France ship a small cart for free.
fn lucky() -> usize {
    let carts = (1..=1_000).map(|customer| Cart { customer, ..small_cart("FR") });
    carts.filter(|cart| total(cart) == cart.cents).count()
}
