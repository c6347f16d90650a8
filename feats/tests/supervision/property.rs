//! Random failures of a store, a sink and a clock: afterwards the app has the newest state, and no acknowledged write is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, SystemTime};

use feats::clock::Clock;
use feats::edit::experiment;
use feats::exposure::{Exposure, Sink};
use feats::model::Entry;
use feats::store::{Memory, Page, Store};
use feats::{App, Timestamp, attributes};
use proptest::prelude::*;

use crate::fixture::{Colors, Visitor, VisitorId, builder, payments, until};
use crate::unruly::{Call, Unruly};

/// A step of a test.
#[derive(Clone, Debug)]
enum Step {
    /// The app publishes.
    Publish,
    /// Another program publishes.
    PublishElsewhere,
    /// Units use an experiment.
    Visit(u64),
    /// The store fails for a while.
    Outage(Call),
    Refresh,
    /// Sink and clock start or stop panicking.
    Odd(bool),
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        4 => Just(Call::Succeeds),
        2 => Just(Call::Fails),
        2 => Just(Call::LosesTheAnswer),
        1 => Just(Call::Hangs),
        2 => Just(Call::Panics),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Publish),
        3 => Just(Step::PublishElsewhere),
        2 => (1..20_u64).prop_map(Step::Visit),
        1 => prop_oneof![Just(Call::Fails), Just(Call::Hangs), Just(Call::Panics)].prop_map(Step::Outage),
        1 => Just(Step::Refresh),
        1 => any::<bool>().prop_map(Step::Odd),
    ]
}

#[derive(Clone, Default)]
struct Odd(Arc<AtomicBool>);

impl Sink for Odd {
    fn record(&self, _: &[Exposure]) {
        assert!(!self.0.load(SeqCst), "the sink panics");
    }
}

impl Clock for Odd {
    fn now(&self) -> Timestamp {
        assert!(!self.0.load(SeqCst), "the clock panics");
        Timestamp::from(SystemTime::now())
    }
}

struct World {
    store: Unruly,
    app: App,
    elsewhere: App,
    odd: Odd,
    /// The comments of acknowledged revisions, with their versions.
    acknowledged: Vec<(u64, String)>,
    visited: u64,
    changes: u64,
}

impl World {
    async fn begin(first: Vec<Call>) -> Self {
        let (store, odd) = (Unruly::new(), Odd::default());
        store.any(first);
        let short = Duration::from_millis(50);
        let app = builder(&store).store_timeout(short).start_timeout(short).exposure_interval(Duration::from_millis(5));
        let app = app.exposure_sink(odd.clone()).clock(odd.clone()).start().await.expect("it starts");
        let elsewhere = App::builder().store(store.memory.clone()).declare(payments()).detached();
        let elsewhere = elsewhere.start().await.expect("it starts");
        let halves = experiment(VisitorId, [(Colors::Gray, 50.0), (Colors::Blue, 50.0)]);
        elsewhere.feature::<Colors>().edit().otherwise(halves).publish().await.expect("published");
        Self { store, app, elsewhere, odd, acknowledged: Vec::new(), visited: 0, changes: 0 }
    }

    async fn publish(&mut self, app: &App) {
        self.changes += 1;
        let comment = format!("change {}", self.changes);
        let payments = app.feature_named("Payments").expect("declared");
        let choice = if payments.version().is_multiple_of(2) { "premium" } else { "aperture" };
        if let Ok(published) = payments.edit().otherwise(choice).comment(&comment).publish().await {
            self.acknowledged.push((published.version(), comment));
        }
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Publish => self.publish(&self.app.clone()).await,
            Step::PublishElsewhere => self.publish(&self.elsewhere.clone()).await,
            Step::Visit(visitors) => {
                let visitors = self.visited..self.visited + visitors;
                self.visited = visitors.end;
                self.app.enter(|| visitors.for_each(|id| _ = Colors::create(&Visitor { id })));
            }
            Step::Outage(call) => {
                let needed = ["watch", "load", "epoch"];
                needed.into_iter().for_each(|method| self.store.always(method, call));
                until("it is not live", || !self.app.status().is_live()).await;
                for _ in 0..5 {
                    assert!(!self.app.status().is_live(), "{:?}", self.app.status());
                    assert!(self.app.status().error.is_some());
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                needed.into_iter().for_each(|method| self.store.relent(method));
            }
            Step::Refresh => _ = self.app.refresh().await,
            Step::Odd(odd) => self.odd.0.store(odd, SeqCst),
        }
    }

    async fn check(self) {
        self.store.any([]);
        self.odd.0.store(false, SeqCst);
        let history = history(&self.store.memory).await;
        let newest = history.first().map_or(0, |entry| entry.version);
        let payments = self.app.feature_named("Payments").expect("declared");
        until("it is live, with the newest state", || self.app.status().is_live() && payments.version() == newest)
            .await;
        let (of_app, of_other) = (payments, self.elsewhere.feature_named("Payments").expect("declared"));
        until("both agree", || of_app.explain(&attributes! {}).value() == of_other.explain(&attributes! {}).value())
            .await;
        for (version, comment) in &self.acknowledged {
            let entry = history.iter().find(|entry| entry.version == *version).expect("what was acknowledged is there");
            assert_eq!(entry.decode().expect("good").comment(), comment);
        }
        let recorded = self.app.status().exposures.recorded;
        until("every exposure is stored", || self.app.status().exposures.stored == recorded).await;
        until("nothing is wrong any more", || {
            let _ = self.app.scope();
            // The warning of a sink is removed by its next batch.
            self.app.status().warnings.iter().all(|warning| warning.contains("sink"))
        })
        .await;
        self.app.shutdown().await.expect("stopped");
    }
}

async fn history(memory: &Memory) -> Vec<Entry> {
    memory.history("Payments", Page { before: None, limit: 1_000 }).await.expect("history")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_app_recovers_from_failures_of_its_store_sink_and_clock(
        first in prop::collection::vec(call(), 0..12),
        steps in prop::collection::vec((step(), prop::collection::vec(call(), 0..6)), 0..10),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut world = World::begin(first).await;
            for (step, calls) in steps {
                world.store.any(calls);
                world.take(step).await;
            }
            world.check().await;
        });
    }
}
