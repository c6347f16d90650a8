//! Subscribers are told what changes, by whom, and when they were too slow.

use std::time::Duration;

use feats::model::Declaration;
use feats::store::Memory;
use feats::{App, ChangeEvent, ChangeSource, FeatureChange, MAX_WAITING_CHANGES};

async fn start(store: &Memory, choices: &[&str]) -> App {
    let payments = Declaration::new("Payments", choices.iter().copied());
    App::builder().store(store.clone()).declare(payments).detached().start().await.expect("started")
}

async fn changed(subscription: &mut feats::Subscription) -> FeatureChange {
    match tokio::time::timeout(Duration::from_secs(10), subscription.recv()).await.expect("told in time") {
        Some(ChangeEvent::Changed(change)) => change,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_change_is_told_with_its_versions_and_its_source() {
    let store = Memory::new();
    let (one, two) = (start(&store, &["acme", "premium"]).await, start(&store, &["acme", "premium", "zeta"]).await);
    let (of_one, of_two) = (one.feature_named("Payments").unwrap(), two.feature_named("Payments").unwrap());
    let mut subscription = one.subscribe();

    of_one.edit().otherwise("premium").publish().await.expect("an own revision");
    of_one.pin("acme").publish().await.expect("a pin");
    of_two.wait_for(2, Duration::from_secs(10)).await.expect("arrived");
    of_two.rollback_to(1).publish().await.expect("a rollback elsewhere");
    of_one.wait_for(3, Duration::from_secs(10)).await.expect("arrived");
    of_one.unpin().publish().await.expect("unpinned");
    of_two.wait_for(4, Duration::from_secs(10)).await.expect("arrived");
    of_two.edit().otherwise("zeta").allow_incompatible().publish().await.expect("what the other does not know");
    of_one.wait_for(5, Duration::from_secs(10)).await.expect("arrived");
    of_one.remove_state().publish().await.expect("removed");

    let mut told = Vec::new();
    for _ in 0..6 {
        let change = changed(&mut subscription).await;
        assert_eq!(&*change.feature, "Payments");
        told.push((change.old_version, change.new_version, change.source, change.removed, change.quarantined));
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
    assert_eq!(told, expected);
    one.shutdown().await.expect("shut down");
    assert_eq!(subscription.recv().await, None);
    assert_eq!(one.subscribe().recv().await, None, "of an app that was shut down");
}

#[tokio::test]
async fn a_slow_subscriber_is_told_how_much_it_missed_and_delays_nobody() {
    const MORE: u64 = 3;
    let app = start(&Memory::new(), &["acme", "premium"]).await;
    let payments = app.feature_named("Payments").unwrap();
    let mut slow = app.subscribe();
    let published = MAX_WAITING_CHANGES as u64 + MORE;
    for version in 1..=published {
        payments.pin(["acme", "premium"][usize::from(version % 2 == 0)]).publish().await.expect("published");
    }
    assert_eq!(slow.recv().await, Some(ChangeEvent::Missed(MORE)));
    assert_eq!(changed(&mut slow).await.new_version, MORE + 1);
    drop((app, payments));
    for version in MORE + 2..=published {
        assert_eq!(changed(&mut slow).await.new_version, version);
    }
    assert_eq!(slow.recv().await, None, "once the last clone of the app is dropped");
}

#[test]
fn a_subscription_is_a_stream_and_works_without_a_runtime() {
    use futures_util::StreamExt as _;

    let started = App::builder().store(Memory::new()).declare(Declaration::new("Payments", ["acme"])).detached();
    let app = started.start_blocking().expect("started");
    let mut subscription = app.subscribe();
    let publish = app.feature_named("Payments").unwrap().pin("acme").publish();
    let told = futures_util::future::FutureExt::now_or_never(subscription.next());
    assert_eq!(told, None, "nothing yet");
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
