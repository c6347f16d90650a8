//! Sticky assignment: a unit keeps its arm across changes of weights and share, programs, and rollbacks.

use feats::store::{Memory, Sqlite, Store};
use feats::{App, ErrorKind};

use crate::fixture::{Priorities, User, allocation, app, create, find, find_async, publish};

/// Checks that units keep their arms. Each call of `open` returns a handle of the same store.
async fn assert_units_keep_their_arms<S: Store>(open: impl Fn() -> S) {
    let one = app(open()).await;
    publish(&one, allocation(50.0, 50.0, 0.0)).await;
    let before = find(&one, 0..2_000);
    create(&one, 0..1_000);
    one.flush().await.expect("stored");
    assert_eq!(one.store_lookups(), 0, "no unit was looked up");

    publish(&one, allocation(30.0, 30.0, 40.0)).await;
    let two = app(open()).await;
    let after = find_async(&two, 0..2_000).await;
    assert_eq!(before[..1_000], after[..1_000], "used: kept");
    assert_ne!(before[1_000..], after[1_000..], "units without an assignment get the new allocation");
    let lookups = two.store_lookups();
    assert!((700..900).contains(&lookups), "two fifths of the units moved, but {lookups} were looked up");

    let report = one.feature::<Priorities>().experiment().await.expect("a report");
    assert_eq!(report.units(), 1_000);
    assert!(report.sample_ratio().p_value() > 1e-9, "{}", report.sample_ratio());
    one.shutdown().await.expect("stopped");
    two.shutdown().await.expect("stopped");
}

#[tokio::test]
async fn units_keep_their_arms_in_memory() {
    let store = Memory::new();
    assert_units_keep_their_arms(|| store.clone()).await;
}

#[tokio::test]
async fn units_keep_their_arms_in_sqlite() {
    let directory = tempfile::tempdir().expect("a directory");
    assert_units_keep_their_arms(|| Sqlite::open(directory.path().join("feats.db")).expect("a path")).await;
}

#[tokio::test]
async fn repeated_changes_of_weights_do_not_move_assigned_units() {
    let app = app(Memory::new()).await;
    publish(&app, allocation(50.0, 50.0, 0.0)).await;
    let used = find(&app, 0..500);
    create(&app, 0..500);
    let feature = app.feature::<Priorities>();
    for (none, two, three) in [(0.0, 0.0, 100.0), (80.0, 20.0, 0.0), (50.0, 50.0, 0.0)] {
        publish(&app, allocation(none, two, three)).await;
        assert_eq!(find_async(&app, 0..500).await, used);
    }
    // Assignments are kept while the experiment does not exist.
    feature.edit().otherwise(Priorities::Three).publish().await.expect("published");
    assert_eq!(find(&app, 0..500), [Priorities::Three; 500]);
    feature.rollback_to(2).publish().await.expect("rolled back");
    assert_eq!(find_async(&app, 0..500).await, used);
    assert_eq!(feature.experiment().await.expect("a report").units(), 0, "nothing is stored yet");
    assert_eq!(app.store_lookups(), 0, "this program has all assignments in memory");
}

#[tokio::test]
async fn an_arm_without_a_weight_is_stopped_for_assigned_units_too() {
    let app = app(Memory::new()).await;
    publish(&app, allocation(50.0, 50.0, 0.0)).await;
    let before = create(&app, 0..500);
    publish(&app, allocation(100.0, 0.0, 0.0)).await;
    assert_eq!(create(&app, 0..500), before, "weight 0 keeps assigned units");
    let only = feats::edit::experiment(crate::fixture::UserId, [(Priorities::None, 60.0), (Priorities::Three, 40.0)]);
    publish(&app, only).await;
    let after = create(&app, 0..500);
    assert!(after.iter().all(|choice| *choice != 2), "an arm without a weight is not served");
    assert!(
        before.iter().zip(&after).all(|(before, after)| before == after || *before == 2),
        "the other units keep their arms"
    );
}

#[tokio::test]
async fn assigned_units_stay_in_when_the_share_shrinks() {
    let app = app(Memory::new()).await;
    let feature = app.feature::<Priorities>();
    publish(&app, allocation(0.0, 50.0, 50.0).share(40.0)).await;
    let before = create(&app, 0..500);
    let entered = before.iter().filter(|choice| **choice != 0).count();
    assert!((140..260).contains(&entered), "{entered} of 500 entered");
    publish(&app, allocation(0.0, 50.0, 50.0).share(10.0)).await;
    assert_eq!(create(&app, 0..500), before);
    let of_others = find_async(&app, 500..1_000).await.iter().filter(|choice| **choice != Priorities::None).count();
    assert!((15..100).contains(&of_others), "{of_others} of 500 new units entered");
    publish(&app, allocation(0.0, 50.0, 50.0).share(100.0)).await;
    let after = create(&app, 0..500);
    assert!(before.iter().zip(&after).all(|(before, after)| before == after || *before == 0));
    assert!(after.iter().all(|choice| *choice != 0));
    app.flush().await.expect("stored");
    assert_eq!(feature.experiment().await.expect("a report").units(), 500);
}

#[tokio::test]
async fn two_programs_that_expose_a_unit_at_once_agree_afterwards() {
    let store = Memory::new();
    let (one, two) = (app(store.clone()).await, app(store).await);
    publish(&one, allocation(50.0, 50.0, 0.0)).await;
    two.refresh().await.expect("refreshed");
    create(&one, 0..200);
    let first = find(&one, 0..200);
    publish(&one, allocation(0.0, 0.0, 100.0)).await;
    two.refresh().await.expect("refreshed");
    // The first program has not stored its assignments yet, so the second one cannot see them.
    assert_eq!(create(&two, 0..200), [3; 200]);
    one.flush().await.expect("stored");
    two.flush().await.expect("stored");
    assert_eq!(find(&two, 0..200), first, "the first writer wins");
    assert_eq!(find_async(&one, 0..200).await, first);
    assert_eq!(one.feature::<Priorities>().experiment().await.expect("a report").units(), 200);
}

#[tokio::test]
async fn an_earlier_choice_can_be_used_later() {
    let app = app(Memory::new()).await;
    publish(&app, allocation(50.0, 50.0, 0.0)).await;
    let user = User { id: 7 };
    let chosen = app.enter(|| Priorities::find_implementation(&user));
    publish(&app, allocation(0.0, 0.0, 100.0)).await;
    app.enter(|| Priorities::used_implementation(chosen, &user));
    app.flush().await.expect("stored");
    assert_eq!(find_async(&app, 7..8).await, [chosen]);
    let report = app.feature::<Priorities>().experiment().await.expect("a report");
    let arm = report.arms.iter().find(|arm| arm.implementation == chosen.as_ref()).expect("an arm");
    assert_eq!((arm.units, arm.share), (1, 100.0));
}

#[tokio::test]
async fn a_feature_without_an_experiment_has_no_report() {
    let app: App = app(Memory::new()).await;
    let error = app.feature::<Priorities>().experiment().await.expect_err("nothing to report");
    assert_eq!((error.kind(), error.feature()), (ErrorKind::NotFound, Some("Priorities")));
}
