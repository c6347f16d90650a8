//! Tests of subscriptions: subscribers receive each change with its source, and learn when they were too slow.

use std::time::Duration;

use feats::model::Declaration;
use feats::store::Memory;
use feats::{App, ChangeEvent, ChangeSource, FeatureChange, MAX_WAITING_CHANGES};

async fn start(store: &Memory, choices: &[&str]) -> App {
    let payments = Declaration::new("Payments", choices.iter().copied());
    App::builder().store(store.clone()).declare(payments).detached().start().await.expect("started")
}

async fn changed(subscription: &mut feats::Subscription) -> FeatureChange {
    match tokio::time::timeout(Duration::from_secs(10), subscription.recv()).await.expect("an event in time") {
        Some(ChangeEvent::Changed(change)) => change,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_change_has_its_versions_and_its_source() {
    let store = Memory::new();
    let (one, two) = (start(&store, &["acme", "premium"]).await, start(&store, &["acme", "premium", "zeta"]).await);
    let (payments_one, payments_two) = (one.feature_named("Payments").unwrap(), two.feature_named("Payments").unwrap());
    let mut subscription = one.subscribe();

    payments_one.edit().otherwise("premium").publish().await.expect("published");
    payments_one.pin("acme").publish().await.expect("pinned");
    payments_two.wait_for(2, Duration::from_secs(10)).await.expect("arrived");
    payments_two.rollback_to(1).publish().await.expect("rolled back");
    payments_one.wait_for(3, Duration::from_secs(10)).await.expect("arrived");
    payments_one.unpin().publish().await.expect("unpinned");
    payments_two.wait_for(4, Duration::from_secs(10)).await.expect("arrived");
    payments_two.edit().otherwise("zeta").allow_incompatible().publish().await.expect("published");
    payments_one.wait_for(5, Duration::from_secs(10)).await.expect("arrived");
    payments_one.remove_state().publish().await.expect("removed");

    let mut received = Vec::new();
    for _ in 0..6 {
        let change = changed(&mut subscription).await;
        assert_eq!(&*change.feature, "Payments");
        received.push((change.old_version, change.new_version, change.source, change.removed, change.quarantined));
    }
    let (own, other) = (ChangeSource::ThisProgram, ChangeSource::AnotherProgram);
    let expected = [
        (0, 1, own, false, false),
        (1, 2, own, false, false),
        (2, 3, other, false, false),
        (3, 4, own, false, false),
        (4, 5, other, false, true),
        (5, 6, own, true, false),
    ];
    assert_eq!(received, expected);
    one.shutdown().await.expect("shut down");
    assert_eq!(subscription.recv().await, None);
    assert_eq!(one.subscribe().recv().await, None, "the app was shut down");
}

#[tokio::test]
async fn a_slow_subscriber_learns_how_many_changes_it_missed_and_delays_no_writer() {
    const MISSED: u64 = 3;
    let app = start(&Memory::new(), &["acme", "premium"]).await;
    let payments = app.feature_named("Payments").unwrap();
    let mut slow = app.subscribe();
    let published = MAX_WAITING_CHANGES as u64 + MISSED;
    for version in 1..=published {
        payments.pin(["acme", "premium"][usize::from(version % 2 == 0)]).publish().await.expect("published");
    }
    assert_eq!(slow.recv().await, Some(ChangeEvent::Missed(MISSED)));
    assert_eq!(changed(&mut slow).await.new_version, MISSED + 1);
    drop((app, payments));
    for version in MISSED + 2..=published {
        assert_eq!(changed(&mut slow).await.new_version, version);
    }
    assert_eq!(slow.recv().await, None, "the last clone of the app was dropped");
}

#[test]
fn a_subscription_is_a_stream_and_works_without_a_runtime() {
    use futures_util::StreamExt as _;

    let started = App::builder().store(Memory::new()).declare(Declaration::new("Payments", ["acme"])).detached();
    let app = started.start_blocking().expect("started");
    let mut subscription = app.subscribe();
    let publish = app.feature_named("Payments").unwrap().pin("acme").publish();
    let event = futures_util::future::FutureExt::now_or_never(subscription.next());
    assert_eq!(event, None, "no event yet");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(publish).expect("published");
    });
    let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
    let mut context = std::task::Context::from_waker(&waker);
    let change = loop {
        match subscription.poll_next_unpin(&mut context) {
            std::task::Poll::Ready(event) => break event,
            std::task::Poll::Pending => std::thread::park(),
        }
    };
    assert!(matches!(change, Some(ChangeEvent::Changed(FeatureChange { new_version: 1, .. }))), "{change:?}");
}

struct Unpark(std::thread::Thread);

impl std::task::Wake for Unpark {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.unpark();
    }
}
