//! Tests as users of feats write them.

use std::time::Duration;

use feats::edit::rollout;
use feats::store::Memory;
use feats::{App, Feature, Reason, testing};

use crate::cart::{Country, CustomerId, Delivery, FreeShipping, promise, small_cart, total};
use crate::lucky;

/// What code does without any operator needs nothing: no app, no store, no set-up.
#[test]
fn shipping_costs_five_dollars() {
    assert_eq!(total(&small_cart("US")), 3_000);
}

/// Choosing by typed value. It counts on this thread alone, so tests run side by side.
#[test]
fn shipping_can_be_free() {
    testing::with(FreeShipping::Enabled, || assert_eq!(total(&small_cart("US")), 2_500));
    assert_eq!(total(&small_cart("US")), 3_000);
}

/// The same around a future, on whichever threads it is polled. `ALL` includes implementations that are yet to be
/// written.
#[tokio::test]
async fn every_delivery_makes_a_promise() {
    for &delivery in Delivery::ALL {
        let said = testing::with_async(delivery, promise(&small_cart("US"))).await;
        assert!(said.starts_with("Your order arrives "), "{delivery}: {said}");
    }
}

/// Where the rules themselves are to be tested: an app of the test's own, in memory.
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

/// What depends on time gets a clock that stands where it is put.
#[tokio::test]
async fn free_shipping_comes_within_half_an_hour() -> feats::Result<()> {
    let clock = testing::ManualClock::at("2026-12-01T09:00:00Z");
    let app = App::builder().clock(clock.clone()).detached().start().await?;
    let ramp = rollout(CustomerId, [(FreeShipping::Enabled, 100.0), (FreeShipping::Default, 0.0)])
        .ramp_from([(FreeShipping::Enabled, 0.0), (FreeShipping::Default, 100.0)])
        .starts_at("2026-12-01T09:00:00Z".parse().expect("a time"))
        .ramp_over(Duration::from_secs(1_800));
    app.feature::<FreeShipping>().edit().otherwise(ramp).author("ada").publish().await?;

    assert_eq!(app.enter(lucky), 0);
    clock.set_elapsed(Duration::from_secs(900));
    assert!((400..600).contains(&app.enter(lucky)));
    clock.set_elapsed(Duration::from_secs(1_800));
    assert_eq!(app.enter(lucky), 1_000);
    Ok(())
}
