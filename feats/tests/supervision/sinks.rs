//! Sinks that panic or hang, and a store that panics while it stores exposures or looks up units.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use feats::App;
use feats::edit::experiment;
use feats::exposure::{Exposure, Sink};

use crate::fixture::{Colors, Visitor, VisitorId, builder, follows, until};
use crate::unruly::{Call, Unruly};

/// A sink that panics, or blocks its thread, while a test sets it to.
#[derive(Clone, Default)]
struct OddSink {
    panics: Arc<AtomicBool>,
    blocked: Arc<(Mutex<bool>, Condvar)>,
    passed: Arc<AtomicUsize>,
}

impl OddSink {
    fn block(&self, block: bool) {
        let (blocked, changed) = &*self.blocked;
        *blocked.lock().expect("sound") = block;
        changed.notify_all();
    }
}

impl Sink for OddSink {
    fn record(&self, exposures: &[Exposure]) {
        let (blocked, changed) = &*self.blocked;
        drop(changed.wait_while(blocked.lock().expect("sound"), |blocked| *blocked));
        assert!(!self.panics.load(SeqCst), "the sink panics");
        self.passed.fetch_add(exposures.len(), SeqCst);
    }
}

async fn experimenting(store: &Unruly, sink: &OddSink) -> App {
    let app = builder(store).exposure_interval(Duration::from_millis(10)).exposure_sink(sink.clone());
    let app = app.start().await.expect("started");
    let halves = experiment(VisitorId, [(Colors::Gray, 50.0), (Colors::Blue, 50.0)]);
    app.feature::<Colors>().edit().otherwise(halves).publish().await.expect("published");
    app
}

fn visit(app: &App, visitors: std::ops::Range<u64>) {
    app.enter(|| visitors.for_each(|id| _ = Colors::create(&Visitor { id })));
}

#[tokio::test]
async fn a_panicking_sink_is_reported_and_exposures_are_still_stored() {
    let (store, sink) = (Unruly::new(), OddSink::default());
    let app = experimenting(&store, &sink).await;
    sink.panics.store(true, SeqCst);
    visit(&app, 0..10);
    until("they are stored", || app.status().exposures.stored == 10).await;
    until("it is told", || app.status().warnings.iter().any(|warning| warning.contains("the sink panics"))).await;
    sink.panics.store(false, SeqCst);
    visit(&app, 10..20);
    until("they are passed on", || sink.passed.load(SeqCst) == 10).await;
    until("nothing is wrong any more", || app.status().warnings.is_empty()).await;
    assert_eq!(app.status().exposures.stored, 20);
}

#[tokio::test]
async fn a_hanging_sink_does_not_stop_storing() {
    let (store, sink) = (Unruly::new(), OddSink::default());
    let app = experimenting(&store, &sink).await;
    sink.block(true);
    visit(&app, 0..10);
    until("they are stored", || app.status().exposures.stored == 10).await;
    // Exposures are stored while the sink has the first batch.
    follows(&app, &store).await;
    until("it is told", || app.status().warnings.iter().any(|warning| warning.contains("hangs"))).await;
    visit(&app, 10..20);
    until("they are stored", || app.status().exposures.stored == 20).await;
    sink.block(false);
    until("the first batch is passed on", || sink.passed.load(SeqCst) == 10).await;
    visit(&app, 20..30);
    until("what comes afterwards is passed on", || sink.passed.load(SeqCst) == 20).await;
    until("nothing is wrong any more", || app.status().warnings.is_empty()).await;
}

#[tokio::test]
async fn exposures_are_stored_after_a_panic_of_the_store() {
    let (store, sink) = (Unruly::new(), OddSink::default());
    let app = experimenting(&store, &sink).await;
    for method in ["assign_many", "add"] {
        store.always(method, Call::Panics);
        let before = app.status().exposures.recorded;
        visit(&app, before..before + 10);
        until("it is told", || app.status().warnings.iter().any(|warning| warning.contains(method))).await;
        assert!(app.status().is_live());
        store.always(method, Call::Succeeds);
        until("they are stored", || app.status().exposures.stored == before + 10).await;
        until("nothing is wrong any more", || app.status().warnings.is_empty()).await;
    }
    let report = app.feature::<Colors>().experiments().await.expect("the store answers");
    assert_eq!(sink.passed.load(SeqCst), 20, "{report:?}");
}

#[tokio::test]
async fn a_panicking_lookup_blocks_no_later_one() {
    let (store, sink) = (Unruly::new(), OddSink::default());
    let app = experimenting(&store, &sink).await;
    let thirds = experiment(VisitorId, [(Colors::Gray, 10.0), (Colors::Blue, 90.0)]);
    app.feature::<Colors>().edit().otherwise(thirds).publish().await.expect("published");
    for call in [Call::Panics, Call::Fails, Call::Hangs] {
        store.always("assigned", call);
        let visitors = (0..20).map(|id| Visitor { id });
        for visitor in visitors {
            let choosing = app.enter_async(async { Colors::create_async(&visitor).await });
            let chosen = tokio::time::timeout(Duration::from_secs(20), choosing).await;
            assert!(matches!(chosen.expect("an answer"), "gray" | "blue"));
        }
    }
    assert!(store.calls("assigned") > 0);
    store.always("assigned", Call::Succeeds);
    follows(&app, &store).await;
}
