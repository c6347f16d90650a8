//! Clocks that panic.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::SystemTime;

use feats::clock::Clock;
use feats::{Timestamp, attributes};

use crate::fixture::{builder, follows, until};
use crate::unruly::Unruly;

/// A clock that panics while a test sets it to.
#[derive(Clone)]
struct OddClock(Arc<AtomicBool>, Timestamp);

impl Clock for OddClock {
    fn now(&self) -> Timestamp {
        assert!(!self.0.load(SeqCst), "the clock panics");
        self.1
    }
}

#[tokio::test]
async fn while_a_clock_panics_decisions_use_its_last_time() {
    let noon: Timestamp = "2030-06-01T12:00:00Z".parse().expect("a time");
    let clock = OddClock(Arc::default(), noon);
    let store = Unruly::new();
    let app = builder(&store).clock(clock.clone()).start().await.expect("started");
    // A ramp to half of the units at noon.
    let state = r#"{"otherwise": {"rollout": {"by": "UserId", "weights": {"premium": 100}, "ramp":
        {"start": "2030-06-01T09:00:00Z", "duration": "6h", "from": [["acme", 1000000, 1]]}}}}"#;
    let payments = app.feature_named("Payments").expect("declared");
    payments.edit().replace(state.parse().expect("JSON")).publish().await.expect("published");
    let decisions = || {
        let decision = |id: i64| payments.explain(&attributes! { "UserId" => id }).value().to_owned();
        (0..100).map(decision).collect::<Vec<_>>()
    };
    let before = decisions();
    assert!(["acme", "premium"].iter().all(|choice| before.iter().any(|chosen| chosen == choice)), "{before:?}");
    clock.0.store(true, SeqCst);
    assert_eq!(decisions(), before);
    app.scope().enter(|| assert_eq!(decisions(), before));
    until("it is told", || app.status().warnings.iter().any(|warning| warning.contains("the clock panics"))).await;
    follows(&app, &store).await;
    payments.pin("acme").publish().await.expect("published");
    assert_eq!(payments.revision().expect("it stands").time(), noon);
    clock.0.store(false, SeqCst);
    until("nothing is wrong any more", || {
        let _ = app.scope();
        app.status().warnings.is_empty()
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_always_panics_is_replaced_by_the_system_clock() {
    let clock = OddClock(Arc::new(AtomicBool::new(true)), Timestamp::from_millis(0));
    let app = builder(&Unruly::new()).clock(clock).start().await.expect("started");
    let payments = app.feature_named("Payments").expect("declared");
    let begun = Timestamp::from(SystemTime::now());
    payments.pin("acme").publish().await.expect("published");
    assert!(payments.revision().expect("it stands").time() >= begun);
}
