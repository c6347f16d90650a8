//! Tests that nothing else waits while a state is compiled.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::handle::FeatureHandle;
use super::running::{App, MAX_PREPARATIONS};
use crate::attributes;
use crate::error::Result;
use crate::evaluate::Reason;
use crate::model::{Attributes, Declaration, Value, ValueKind};
use crate::registry::Dynamic;
use crate::store::Memory;
use crate::sync::{Replica, hook};

/// The time limit of each step: a step that exceeds it is blocked.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A gate that blocks the compilation of a feature in one program until it is opened.
struct Gate {
    entered: mpsc::UnboundedReceiver<u64>,
    barrier: Arc<Barrier>,
}

#[derive(Default)]
struct Barrier {
    open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn before(feature: &str, program: &'static str) -> Self {
        let (enter, entered) = mpsc::unbounded_channel();
        let barrier = Arc::new(Barrier::default());
        let entry = barrier.clone();
        hook::set(feature, move |replica: &Replica, version| {
            if replica.attributes.get("Program") == Some(&Value::from(program)) {
                let _ = enter.send(version);
                let open = entry.open.lock().expect("not poisoned");
                drop(entry.opened.wait_while(open, |open| !*open).expect("not poisoned"));
            }
        });
        Self { entered, barrier }
    }

    /// Waits until a compilation is blocked, and returns its version.
    async fn blocked(&mut self) -> u64 {
        timeout(TIMEOUT, self.entered.recv()).await.expect("a compilation starts").expect("the hook exists")
    }

    fn open(&self) {
        *self.barrier.open.lock().expect("not poisoned") = true;
        self.barrier.opened.notify_all();
    }
}

/// A failing test must not wait for its blocked threads.
impl Drop for Gate {
    fn drop(&mut self) {
        self.open();
    }
}

async fn app(store: &Memory, program: &'static str, features: &[&str]) -> App {
    let builder = App::builder().store(store.clone()).attribute("Program", program).detached();
    let declare =
        |name: &&str| Declaration::new(name, ["acme", "premium", "aperture"]).segment("Country", ValueKind::Text);
    features.iter().map(declare).fold(builder, super::AppBuilder::declare).start().await.expect("started")
}

fn feature(app: &App, name: &str) -> FeatureHandle<Dynamic> {
    app.feature_named(name).expect("declared")
}

fn chosen(app: &App, name: &str) -> String {
    feature(app, name).find_implementation(&Attributes::new()).to_string()
}

async fn in_time<T>(work: impl Future<Output = Result<T>>) -> T {
    timeout(TIMEOUT, work).await.expect("the work is not blocked").expect("the work succeeds")
}

#[tokio::test]
async fn while_one_feature_is_compiled_all_other_changes_arrive_and_decide() {
    let names = ["Held1", "Other1", "Third1", "Gone1"];
    let store = Memory::new();
    let (author, follower) = (app(&store, "author", &names).await, app(&store, "follower", &names).await);
    for name in &names[1..] {
        in_time(feature(&author, name).edit().otherwise("premium").publish()).await;
        in_time(feature(&follower, name).wait_for(1, TIMEOUT)).await;
    }
    let mut gate = Gate::before("Held1", "follower");
    in_time(feature(&author, "Held1").edit().otherwise("premium").publish()).await;
    assert_eq!((gate.blocked().await, follower.status().compiling), (1, 1));

    in_time(feature(&author, "Other1").pin("aperture").publish()).await;
    in_time(feature(&follower, "Other1").wait_for(2, TIMEOUT)).await;
    assert_eq!(chosen(&follower, "Other1"), "aperture");
    in_time(feature(&author, "Other1").unpin().publish()).await;
    in_time(feature(&follower, "Other1").wait_for(3, TIMEOUT)).await;
    assert_eq!(chosen(&follower, "Other1"), "premium");
    in_time(feature(&author, "Gone1").remove_state().publish()).await;
    in_time(feature(&follower, "Gone1").wait_for(2, TIMEOUT)).await;
    assert_eq!(feature(&follower, "Gone1").explain(&attributes! {}).reason(), Reason::NoState);
    in_time(feature(&author, "Other1").edit().otherwise("acme").publish()).await;
    in_time(feature(&follower, "Other1").wait_for(4, TIMEOUT)).await;

    in_time(feature(&follower, "Third1").edit().otherwise("aperture").publish()).await;
    assert_eq!(chosen(&follower, "Third1"), "aperture", "a revision that this program publishes decides immediately");
    in_time(feature(&author, "Held1").pin("aperture").publish()).await;
    in_time(feature(&follower, "Held1").wait_for(2, TIMEOUT)).await;
    assert_eq!(chosen(&follower, "Held1"), "aperture", "a pin of the same feature is not blocked");
    assert!(follower.status().is_live());
    in_time(follower.shutdown()).await;
}

#[tokio::test]
async fn a_newer_revision_replaces_one_that_is_being_compiled() {
    let store = Memory::new();
    let (author, follower) = (app(&store, "author", &["Held2"]).await, app(&store, "follower", &["Held2"]).await);
    let mut gate = Gate::before("Held2", "follower");
    let held = feature(&author, "Held2");
    in_time(held.edit().otherwise("premium").publish()).await;
    assert_eq!(gate.blocked().await, 1);
    in_time(held.edit().otherwise("aperture").publish()).await;
    assert_eq!(gate.blocked().await, 2, "a second thread compiles the newest revision");
    in_time(held.edit().otherwise("acme").publish()).await;
    in_time(held.edit().otherwise("aperture").publish()).await;
    gate.open();
    in_time(feature(&follower, "Held2").wait_for(4, TIMEOUT)).await;
    assert_eq!(chosen(&follower, "Held2"), "aperture");
}

#[tokio::test]
async fn a_state_whose_compilation_panics_is_quarantined_without_affecting_other_features() {
    let store = Memory::new();
    let names = ["Panic3", "Other3"];
    let (author, follower) = (app(&store, "author", &names).await, app(&store, "follower", &names).await);
    hook::set("Panic3", |replica, version| {
        let is_follower = replica.attributes.get("Program") == Some(&Value::from("follower"));
        assert!(!is_follower || version != 2, "a panic of the test");
    });
    let broken = feature(&author, "Panic3");
    in_time(broken.edit().otherwise("premium").publish()).await;
    in_time(feature(&follower, "Panic3").wait_for(1, TIMEOUT)).await;
    in_time(broken.edit().otherwise("aperture").publish()).await;
    in_time(feature(&follower, "Panic3").wait_for(2, TIMEOUT)).await;
    let status = follower.status();
    let problems: Vec<_> = status.quarantined.iter().flat_map(|one| &one.problems).map(ToString::to_string).collect();
    assert_eq!((status.quarantined.len(), status.quarantined[0].serving), (1, Some(1)), "{status:?}");
    assert!(problems[0].contains("compiling this state failed"), "{problems:?}");
    assert_eq!(chosen(&follower, "Panic3"), "premium");
    in_time(feature(&author, "Other3").edit().otherwise("premium").publish()).await;
    in_time(feature(&follower, "Other3").wait_for(1, TIMEOUT)).await;
    in_time(broken.edit().otherwise("acme").publish()).await;
    in_time(feature(&follower, "Panic3").wait_for(3, TIMEOUT)).await;
    assert_eq!(follower.status().quarantined, []);
}

#[tokio::test]
async fn a_preview_that_panics_returns_a_problem() {
    let store = Memory::new();
    let author = app(&store, "author", &["Panic4"]).await;
    hook::set("Panic4", |_, _| panic!("a panic of the test"));
    let error = feature(&author, "Panic4").edit().otherwise("premium").preview().await.expect_err("a problem");
    assert!(error.to_string().contains("compiling this state failed"), "{error}");
}

#[tokio::test]
async fn previews_block_neither_other_tasks_nor_pins_and_their_number_is_limited() {
    let store = Memory::new();
    let author = app(&store, "author", &["Held5"]).await;
    let mut gate = Gate::before("Held5", "author");
    let held = feature(&author, "Held5");
    let preview = || {
        let change = held.edit().otherwise("premium");
        tokio::spawn(async move { change.preview().await })
    };
    // This test runs on a single thread, so it only continues if a preview does not block the executor.
    let mut previews = Vec::new();
    for _ in 0..MAX_PREPARATIONS {
        previews.push(preview());
        gate.blocked().await;
    }
    previews.push(preview());
    tokio::task::yield_now().await;
    assert!(gate.entered.try_recv().is_err(), "the third preview waits");

    in_time(held.pin("aperture").publish()).await;
    assert_eq!(chosen(&author, "Held5"), "aperture");
    in_time(held.remove_state().publish()).await;
    assert_eq!(held.explain(&attributes! {}).reason(), Reason::NoState);
    gate.open();
    for preview in previews {
        in_time(async { preview.await.expect("no panic") }).await;
    }
}

#[tokio::test]
async fn a_published_revision_decides_immediately_although_the_follower_compiles_it_too() {
    let store = Memory::new();
    let author = app(&store, "author", &["Quick6"]).await;
    let quick = feature(&author, "Quick6");
    for (version, choice) in (1..).zip(["premium", "aperture", "acme"].into_iter().cycle().take(100)) {
        in_time(quick.edit().otherwise(choice).publish()).await;
        assert_eq!((chosen(&author, "Quick6").as_str(), quick.version()), (choice, version));
    }
}

#[tokio::test]
async fn after_a_conflict_the_next_edit_is_based_on_the_newest_revision() {
    let store = Memory::new();
    let (author, other) = (app(&store, "author", &["Held7"]).await, app(&store, "other", &["Held7"]).await);
    let mut gate = Gate::before("Held7", "other");
    let stale = feature(&other, "Held7").pin("acme");
    in_time(feature(&author, "Held7").edit().otherwise("premium").publish()).await;
    assert_eq!(gate.blocked().await, 1);
    let publishing = tokio::spawn(stale.publish());
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    gate.open();
    let error =
        timeout(TIMEOUT, publishing).await.expect("publishing ends").expect("no panic").expect_err("a conflict");
    assert!(error.is_conflict(), "{error}");
    assert_eq!((feature(&other, "Held7").version(), chosen(&other, "Held7").as_str()), (1, "premium"));
    in_time(feature(&other, "Held7").edit().otherwise("acme").publish()).await;
}
