//! Segments run at most once per decision, may panic, and may make decisions themselves.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use feats::edit::rollout;

use crate::shop::{Button, Counted, SEGMENT_CALLS, Tier, app, user};

#[tokio::test]
async fn a_segment_runs_at_most_once_and_its_panic_reaches_the_caller() {
    let app = app().await;
    let button = app.feature::<Button>();
    let change = button
        .edit()
        .override_for(Counted, [7], Button::Fancy)
        .rule("a", Counted::is(1), Button::Fancy)
        .rule("b", Counted::is_in([2, 3]).or(Counted::gt(1_000)), Button::Fancy)
        .otherwise(rollout(Counted, [(Button::Fancy, 50.0), (Button::Plain, 50.0)]));
    change.publish().await.expect("published");
    app.enter(|| {
        SEGMENT_CALLS.store(0, Ordering::SeqCst);
        Button::create(&user(42, "CA"));
        assert_eq!(SEGMENT_CALLS.load(Ordering::SeqCst), 1);

        let unlucky = catch_unwind(AssertUnwindSafe(|| Button::create(&user(13, "CA"))));
        assert!(unlucky.is_err());
        assert_eq!(Button::create(&user(1, "CA")), "fancy");
    });
    button.edit().clear().otherwise(Button::Fancy).publish().await.expect("published");
    app.enter(|| {
        SEGMENT_CALLS.store(0, Ordering::SeqCst);
        assert_eq!(Button::create(&user(42, "CA")), "fancy");
        assert_eq!(SEGMENT_CALLS.load(Ordering::SeqCst), 0, "no segment has to run");
    });
}

#[tokio::test]
async fn a_segment_may_make_decisions_and_enter_scopes() {
    let app = app().await;
    let banner = app.feature::<crate::shop::Banner>();
    app.feature::<Button>().pin(Button::Fancy).publish().await.expect("published");
    banner.edit().rule("tier", Tier::is("plainfancy"), crate::shop::Banner::Sale).publish().await.expect("published");
    app.enter(|| assert_eq!(crate::shop::Banner::create(&user(1, "CA")), "sale"));
    app.scope().enter(|| assert_eq!(crate::shop::Banner::create(&user(1, "CA")), "sale"));
}
