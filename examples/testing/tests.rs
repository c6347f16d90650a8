//! Tests of code that uses features.

use std::time::Duration;

use feats::edit::rollout;
use feats::store::Memory;
use feats::{App, Feature, Reason, testing};

use crate::cart::{Country, CustomerId, Delivery, FreeShipping, promise, small_cart, total};
use crate::free_shipments;

/// A test of the default behavior needs no app, no store and no set-up.
#[test]
fn shipping_costs_five_dollars() {
    assert_eq!(total(&small_cart("US")), 3_000);
}

/// `testing::with` chooses an implementation by its typed value. It applies to the current thread, so tests can run in parallel.
#[test]
fn shipping_can_be_free() {
    testing::with(FreeShipping::Enabled, || assert_eq!(total(&small_cart("US")), 2_500));
    assert_eq!(total(&small_cart("US")), 3_000);
}

/// `testing::with_async` does the same for a future, on every thread that polls it. With `ALL`, the test covers implementations
/// that are added later.
#[tokio::test]
async fn every_delivery_makes_a_promise() {
    for &delivery in Delivery::ALL {
        let message = testing::with_async(delivery, promise(&small_cart("US"))).await;
        assert!(message.starts_with("Your order arrives "), "{delivery}: {message}");
    }
}

/// A test of rules uses its own app with a store in memory.
#[tokio::test]
async fn the_winter_sale_is_for_canada() -> feats::Result<()> {
    let app = App::builder().store(Memory::new()).detached().start().await?;
    let shipping = app.feature::<FreeShipping>();
    shipping.edit().rule("Winter sale", Country::is("CA"), FreeShipping::Enabled).author("ada").publish().await?;
    app.enter(|| {
        assert_eq!(total(&small_cart("CA")), 2_500);
        assert_eq!(total(&small_cart("US")), 3_000);
        assert_eq!(FreeShipping::explain(&small_cart("CA")).rule(), Some("Winter sale"));
        assert_eq!(FreeShipping::explain(&small_cart("US")).reason(), Reason::Default);
    });
    Ok(())
}

/// A test that depends on time uses a manual clock.
#[tokio::test]
async fn free_shipping_ramps_up_within_half_an_hour() -> feats::Result<()> {
    let clock = testing::ManualClock::at("2026-12-01T09:00:00Z");
    let app = App::builder().clock(clock.clone()).detached().start().await?;
    let ramp = rollout(CustomerId, [(FreeShipping::Enabled, 100.0), (FreeShipping::Default, 0.0)])
        .ramp_from([(FreeShipping::Enabled, 0.0), (FreeShipping::Default, 100.0)])
        .starts_at("2026-12-01T09:00:00Z".parse().expect("a time"))
        .ramp_over(Duration::from_secs(1_800));
    app.feature::<FreeShipping>().edit().otherwise(ramp).author("ada").publish().await?;

    assert_eq!(app.enter(free_shipments), 0);
    clock.set_elapsed(Duration::from_secs(900));
    assert!((400..600).contains(&app.enter(free_shipments)));
    clock.set_elapsed(Duration::from_secs(1_800));
    assert_eq!(app.enter(free_shipments), 1_000);
    Ok(())
}
