//! While a state is compiled, nothing else waits for it.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::handle::FeatureHandle;
use super::running::{App, PREPARATIONS};
use crate::attributes;
use crate::error::Result;
use crate::evaluate::Reason;
use crate::model::{Attributes, Declaration, Value, ValueKind};
use crate::registry::Dynamic;
use crate::store::Memory;
use crate::sync::{Replica, hook};

/// What does not happen within this time waits for something.
const SOON: Duration = Duration::from_secs(20);

/// Holds what compiles a feature, in one program, until it is opened.
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
        let held = barrier.clone();
        hook::set(feature, move |replica: &Replica, version| {
            if replica.attributes.get("Program") == Some(&Value::from(program)) {
                let _ = enter.send(version);
                let open = held.open.lock().expect("not poisoned");
                drop(held.opened.wait_while(open, |open| !*open).expect("not poisoned"));
            }
        });
        Self { entered, barrier }
    }

    /// The version whose compiling has begun and is held.
    async fn held(&mut self) -> u64 {
        timeout(SOON, self.entered.recv()).await.expect("it is compiled").expect("the hook lives")
    }

    fn open(&self) {
        *self.barrier.open.lock().expect("not poisoned") = true;
        self.barrier.opened.notify_all();
    }
}

/// A test that fails must not wait for its own threads.
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

async fn soon<T>(work: impl Future<Output = Result<T>>) -> T {
    timeout(SOON, work).await.expect("it waits for nothing").expect("it succeeds")
}

#[tokio::test]
async fn while_one_feature_is_compiled_everything_else_arrives_and_goes_on() {
    let names = ["Held1", "Other1", "Third1", "Gone1"];
    let store = Memory::new();
    let (author, follower) = (app(&store, "author", &names).await, app(&store, "follower", &names).await);
    for name in &names[1..] {
        soon(feature(&author, name).edit().otherwise("premium").publish()).await;
        soon(feature(&follower, name).wait_for(1, SOON)).await;
    }
    let mut gate = Gate::before("Held1", "follower");
    soon(feature(&author, "Held1").edit().otherwise("premium").publish()).await;
    assert_eq!((gate.held().await, follower.status().compiling), (1, 1));

    soon(feature(&author, "Other1").pin("aperture").publish()).await;
    soon(feature(&follower, "Other1").wait_for(2, SOON)).await;
    assert_eq!(chosen(&follower, "Other1"), "aperture");
    soon(feature(&author, "Other1").unpin().publish()).await;
    soon(feature(&follower, "Other1").wait_for(3, SOON)).await;
    assert_eq!(chosen(&follower, "Other1"), "premium");
    soon(feature(&author, "Gone1").remove_state().publish()).await;
    soon(feature(&follower, "Gone1").wait_for(2, SOON)).await;
    assert_eq!(feature(&follower, "Gone1").explain(&attributes! {}).reason(), Reason::NoState);
    soon(feature(&author, "Other1").edit().otherwise("acme").publish()).await;
    soon(feature(&follower, "Other1").wait_for(4, SOON)).await;

    soon(feature(&follower, "Third1").edit().otherwise("aperture").publish()).await;
    assert_eq!(chosen(&follower, "Third1"), "aperture", "what this program publishes decides at once");
    soon(feature(&author, "Held1").pin("aperture").publish()).await;
    soon(feature(&follower, "Held1").wait_for(2, SOON)).await;
    assert_eq!(chosen(&follower, "Held1"), "aperture", "also a pin of the same feature");
    assert!(follower.status().is_live());
    soon(follower.shutdown()).await;
}

#[tokio::test]
async fn a_newer_revision_takes_the_place_of_one_that_is_compiled() {
    let store = Memory::new();
    let (author, follower) = (app(&store, "author", &["Held2"]).await, app(&store, "follower", &["Held2"]).await);
    let mut gate = Gate::before("Held2", "follower");
    let held = feature(&author, "Held2");
    soon(held.edit().otherwise("premium").publish()).await;
    assert_eq!(gate.held().await, 1);
    soon(held.edit().otherwise("aperture").publish()).await;
    assert_eq!(gate.held().await, 2, "a second thread compiles the newest one");
    soon(held.edit().otherwise("acme").publish()).await;
    soon(held.edit().otherwise("aperture").publish()).await;
    gate.open();
    soon(feature(&follower, "Held2").wait_for(4, SOON)).await;
    assert_eq!(chosen(&follower, "Held2"), "aperture");
}

#[tokio::test]
async fn a_state_whose_compiling_panics_is_quarantined_alone() {
    let store = Memory::new();
    let names = ["Panic3", "Other3"];
    let (author, follower) = (app(&store, "author", &names).await, app(&store, "follower", &names).await);
    hook::set("Panic3", |replica, version| {
        let is_follower = replica.attributes.get("Program") == Some(&Value::from("follower"));
        assert!(!is_follower || version != 2, "a test breaks this one");
    });
    let broken = feature(&author, "Panic3");
    soon(broken.edit().otherwise("premium").publish()).await;
    soon(feature(&follower, "Panic3").wait_for(1, SOON)).await;
    soon(broken.edit().otherwise("aperture").publish()).await;
    soon(feature(&follower, "Panic3").wait_for(2, SOON)).await;
    let status = follower.status();
    let problems: Vec<_> = status.quarantined.iter().flat_map(|one| &one.problems).map(ToString::to_string).collect();
    assert_eq!((status.quarantined.len(), status.quarantined[0].serving), (1, Some(1)), "{status:?}");
    assert!(problems[0].contains("compiling this state failed"), "{problems:?}");
    assert_eq!(chosen(&follower, "Panic3"), "premium");
    soon(feature(&author, "Other3").edit().otherwise("premium").publish()).await;
    soon(feature(&follower, "Other3").wait_for(1, SOON)).await;
    soon(broken.edit().otherwise("acme").publish()).await;
    soon(feature(&follower, "Panic3").wait_for(3, SOON)).await;
    assert_eq!(follower.status().quarantined, []);
}

#[tokio::test]
async fn a_preview_that_panics_is_a_problem_and_no_panic_of_the_caller() {
    let store = Memory::new();
    let author = app(&store, "author", &["Panic4"]).await;
    hook::set("Panic4", |_, _| panic!("a test breaks this one"));
    let error = feature(&author, "Panic4").edit().otherwise("premium").preview().await.expect_err("a problem");
    assert!(error.to_string().contains("compiling this state failed"), "{error}");
}

#[tokio::test]
async fn previews_stop_no_other_task_and_only_some_run_at_once_while_pins_go_on() {
    let store = Memory::new();
    let author = app(&store, "author", &["Held5"]).await;
    let mut gate = Gate::before("Held5", "author");
    let held = feature(&author, "Held5");
    let preview = || {
        let change = held.edit().otherwise("premium");
        tokio::spawn(async move { change.preview().await })
    };
    // This test runs on a single thread: that it goes on is the first half of what it is about.
    let mut previews = Vec::new();
    for _ in 0..PREPARATIONS {
        previews.push(preview());
        gate.held().await;
    }
    previews.push(preview());
    tokio::task::yield_now().await;
    assert!(gate.entered.try_recv().is_err(), "the third one waits");

    soon(held.pin("aperture").publish()).await;
    assert_eq!(chosen(&author, "Held5"), "aperture");
    soon(held.remove_state().publish()).await;
    assert_eq!(held.explain(&attributes! {}).reason(), Reason::NoState);
    gate.open();
    for preview in previews {
        soon(async { preview.await.expect("no panic") }).await;
    }
}

#[tokio::test]
async fn what_a_program_publishes_decides_at_once_although_its_follower_compiles_it_too() {
    let store = Memory::new();
    let author = app(&store, "author", &["Quick6"]).await;
    let quick = feature(&author, "Quick6");
    for (version, choice) in (1..).zip(["premium", "aperture", "acme"].into_iter().cycle().take(100)) {
        soon(quick.edit().otherwise(choice).publish()).await;
        assert_eq!((chosen(&author, "Quick6").as_str(), quick.version()), (choice, version));
    }
}

#[tokio::test]
async fn after_a_conflict_the_next_edit_begins_with_what_is_there() {
    let store = Memory::new();
    let (author, other) = (app(&store, "author", &["Held7"]).await, app(&store, "other", &["Held7"]).await);
    let mut gate = Gate::before("Held7", "other");
    let stale = feature(&other, "Held7").pin("acme");
    soon(feature(&author, "Held7").edit().otherwise("premium").publish()).await;
    assert_eq!(gate.held().await, 1);
    let publishing = tokio::spawn(stale.publish());
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    gate.open();
    let error =
        timeout(SOON, publishing).await.expect("it ends").expect("no panic").expect_err("another one was first");
    assert!(error.is_conflict(), "{error}");
    assert_eq!((feature(&other, "Held7").version(), chosen(&other, "Held7").as_str()), (1, "premium"));
    soon(feature(&other, "Held7").edit().otherwise("acme").publish()).await;
}
