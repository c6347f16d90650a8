//! Sinks that panic or hang, and a store that panics at exposures and look-ups.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use feats::App;
use feats::edit::experiment;
use feats::exposure::{Exposure, Sink};

use crate::fixture::{Colors, Visitor, VisitorId, builder, follows, until};
use crate::unruly::{Call, Unruly};

/// A sink that panics, or blocks its thread, as long as a test wants it.
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
async fn a_sink_that_panics_loses_nothing_for_the_store_and_is_shown() {
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
async fn a_sink_that_hangs_keeps_nothing_from_the_store() {
    let (store, sink) = (Unruly::new(), OddSink::default());
    let app = experimenting(&store, &sink).await;
    sink.block(true);
    visit(&app, 0..10);
    until("they are stored", || app.status().exposures.stored == 10).await;
    // Also while the sink has the first batch.
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
async fn exposures_that_the_store_panics_at_are_stored_later() {
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
async fn a_look_up_that_panics_leaves_nobody_waiting() {
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
