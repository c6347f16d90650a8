//! A store that records its calls: its lines, and a writer that is slow or fails.

use std::collections::BTreeSet;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dashmap::DashMap;
use feats::store::{Memory, Page, ReadOnly, Recording, RevisionStamp, Store, contract};
use feats::{App, ErrorKind, Timestamp};
use serde_json::Value as Json;

use crate::writing::{publish, revision};

/// A writer whose lines can be read.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap()
    }

    fn parsed(&self) -> Vec<Json> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Returns the lines of a call.
    fn of(&self, call: &str) -> Vec<Json> {
        self.parsed().into_iter().filter(|line| line["call"] == call).collect()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer that waits for a permit before each line, until the sender is dropped.
struct Gated {
    permits: Receiver<()>,
    lines: Lines,
}

impl io::Write for Gated {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.permits.recv();
        self.lines.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn gated() -> (Recording, Sender<()>, Lines) {
    let (permit, permits) = channel();
    let lines = Lines::default();
    (Recording::new(Memory::new(), Gated { permits, lines: lines.clone() }), permit, lines)
}

#[tokio::test(start_paused = true)]
async fn a_recorded_store_passes_the_suite() {
    let places = DashMap::<String, Memory>::new();
    contract::run(move |place| Recording::new(places.entry(place.to_owned()).or_default().clone(), io::sink())).await;
}

#[tokio::test(start_paused = true)]
async fn a_recorded_read_only_store_passes_the_suite_for_readers() {
    let places = Arc::new(DashMap::<String, Memory>::new());
    let of_reader = Arc::clone(&places);
    let reader = move |place: &str| {
        Recording::new(ReadOnly::new(of_reader.entry(place.to_owned()).or_default().clone()), io::sink())
    };
    contract::reader(move |place| places.entry(place.to_owned()).or_default().clone(), reader).await;
}

#[tokio::test]
async fn a_line_has_the_call_its_sizes_and_its_outcome() {
    let lines = Lines::default();
    let store = Recording::new(Memory::new(), lines.clone());
    let entry = publish(&store, "Pay").await.unwrap();
    store.append(RevisionStamp::default(), &revision("Pay", None, 10)).await.unwrap();
    store.watch(&feats::store::Cursor::default(), Duration::ZERO).await.unwrap();
    store.append(RevisionStamp::default(), &revision("Pay", Some(&entry), 10)).await.unwrap_err();
    store.flush().await.unwrap();
    let without_times: Vec<Json> = lines
        .parsed()
        .into_iter()
        .map(|mut line| {
            let (time, duration) = (line["time"].as_str().unwrap().to_owned(), line["us"].is_u64());
            assert!(time.parse::<Timestamp>().is_ok() && duration, "{line}");
            line.as_object_mut().unwrap().retain(|key, _| key != "time" && key != "us" && key != "bytes");
            line
        })
        .collect();
    let expected = [
        r#"{"call":"history","feature":"Pay","before":null,"limit":1,"outcome":"ok","entries":0}"#,
        r#"{"call":"append","feature":"Pay","version":1,"outcome":"done"}"#,
        r#"{"call":"append","feature":"Pay","version":1,"outcome":"conflict"}"#,
        r#"{"call":"watch","wait_ms":0,"outcome":"gap","entries":0}"#,
        r#"{"call":"append","feature":"Pay","version":2,"outcome":"Invalid"}"#,
    ];
    assert_eq!(without_times, expected.map(|line| serde_json::from_str::<Json>(line).unwrap()));
    assert_eq!(lines.of("append")[0]["bytes"], entry.bytes.len());
}

#[tokio::test]
async fn every_call_has_a_line_and_no_line_has_a_unit_a_key_or_a_state() {
    let lines = Lines::default();
    let store = Recording::new(Memory::new(), lines.clone());
    let entry = revision("Pay", None, 10);
    store.append(RevisionStamp::default(), &entry).await.unwrap();
    let cursor = store.load().await.unwrap().cursor;
    store.watch(&cursor, Duration::ZERO).await.unwrap();
    store.history("Pay", Page::default()).await.unwrap();
    store.versions().await.unwrap();
    Store::epoch(&store).await.unwrap();
    store.check().await.unwrap();
    store.server().await.unwrap();
    let (records, counters) = (store.records().unwrap(), store.counters().unwrap());
    records.put("instance", "hidden-key", b"hidden-bytes", None).await.unwrap();
    records.list("instance").await.unwrap();
    records.epoch().await.unwrap();
    let (key, deltas) = ("hidden-key".to_owned(), [("hidden-counter".to_owned(), 1)]);
    counters.add("uses", &key, &deltas, None).await.unwrap();
    counters.read("uses", &key).await.unwrap();
    counters.read_many("uses", &[key], None).await.unwrap();
    counters.scan(None, 10).await.unwrap();
    counters.epoch().await.unwrap();
    let assignments = store.assignments().unwrap();
    assignments.assign("experiment", "hidden-unit", "hidden-choice").await.unwrap();
    let unit = ("hidden-unit".to_owned(), "hidden-choice".to_owned());
    assignments.assign_many("experiment", &[unit]).await.unwrap();
    assignments.assigned("experiment", "hidden-unit").await.unwrap();
    assignments.scan(None, 10).await.unwrap();
    assignments.epoch().await.unwrap();
    store.flush().await.unwrap();

    let calls: BTreeSet<String> = lines.parsed().iter().map(|line| line["call"].as_str().unwrap().to_owned()).collect();
    assert_eq!((lines.parsed().len(), calls.len()), (21, 21), "{calls:?}");
    let text = lines.text();
    let state = String::from_utf8(entry.bytes).unwrap();
    assert!(!text.contains("hidden") && !text.contains("xxxxxxxxxx") && !text.contains(&state), "{text}");
}

#[tokio::test]
async fn states_are_recorded_on_demand_up_to_a_limit() {
    let lines = Lines::default();
    let store = Recording::new(Memory::new(), lines.clone()).with_states();
    let small = publish(&store, "Small").await.unwrap();
    let large = revision("Large", None, 100_000);
    store.append(RevisionStamp::default(), &large).await.unwrap();
    store.flush().await.unwrap();
    let states: Vec<String> =
        lines.of("append").iter().map(|line| line["state"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, [small.bytes.as_slice(), &large.bytes[..16 * 1024]].map(|bytes| String::from_utf8_lossy(bytes)));
}

#[tokio::test]
async fn a_cancelled_call_has_a_line() {
    let lines = Lines::default();
    let store = Recording::new(Memory::new(), lines.clone());
    let cursor = store.load().await.unwrap().cursor;
    let watch = store.watch(&cursor, Duration::from_secs(3_600));
    assert!(tokio::time::timeout(Duration::from_millis(1), watch).await.is_err());
    store.flush().await.unwrap();
    assert_eq!(lines.of("watch")[0]["outcome"], "cancelled");
}

#[tokio::test]
async fn long_names_are_cut() {
    let lines = Lines::default();
    let store = Recording::new(Memory::new(), lines.clone());
    store.history(&"é".repeat(10_000), Page::default()).await.unwrap();
    store.flush().await.unwrap();
    assert_eq!(lines.of("history")[0]["feature"], "é".repeat(200));
}

#[tokio::test]
async fn a_slow_writer_delays_no_call_and_dropped_lines_are_counted() {
    const CALLS: u64 = 3_000;
    let (store, permit, lines) = gated();
    for _ in 0..CALLS {
        Store::epoch(&store).await.unwrap();
    }
    drop(permit);
    store.flush().await.unwrap();
    let dropped: u64 = lines.parsed().iter().filter_map(|line| line["dropped"].as_u64()).sum();
    let written = lines.of("epoch").len() as u64;
    assert!(dropped >= CALLS - 1_024 - 2, "{dropped} lines were dropped");
    assert_eq!(written + dropped, CALLS);
}

#[tokio::test(start_paused = true)]
async fn a_flush_of_a_writer_that_hangs_times_out() {
    let (store, _permit, _) = gated();
    Store::epoch(&store).await.unwrap();
    let error = store.flush().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.message(), "the writer did not write the recorded calls within 5s");
}

/// A writer that fails as often as is said, or panics.
struct Failing(usize, Lines);

impl io::Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == usize::MAX {
            panic!("a writer that panics");
        }
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                Err(io::Error::other("the disk is full"))
            }
            None => self.1.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn lines_that_a_writer_fails_to_write_are_counted_and_the_calls_go_on() {
    let lines = Lines::default();
    let store = Recording::new(Memory::new(), Failing(1, lines.clone()));
    for _ in 0..3 {
        Store::epoch(&store).await.unwrap();
        store.flush().await.unwrap();
    }
    assert_eq!(lines.parsed()[0], serde_json::json!({ "dropped": 1 }));
    assert_eq!(lines.of("epoch").len(), 2);
}

#[tokio::test]
async fn calls_go_on_after_the_writer_panicked() {
    let store = Recording::new(Memory::new(), Failing(usize::MAX, Lines::default()));
    Store::epoch(&store).await.unwrap();
    let error = store.flush().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stopped);
    Store::epoch(&store).await.unwrap();
}

#[tokio::test]
async fn the_calls_of_an_app_are_recorded() {
    let lines = Lines::default();
    let store = Recording::new(Memory::new(), lines.clone());
    let app = App::builder().store(store.clone()).detached().start().await.unwrap();
    app.shutdown().await.unwrap();
    store.flush().await.unwrap();
    for call in ["load", "watch", "records.put"] {
        assert!(!lines.of(call).is_empty(), "{call}: {}", lines.text());
    }
}
