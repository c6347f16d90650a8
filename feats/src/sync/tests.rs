//! Revisions that arrive while others are compiled: the result is the same as if all were compiled in order.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use feats_core::__private::{Experiment, PriorAssignment};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::features::Features;
use super::queue::{Built, Task};
use super::replica::{Replica, locked};
use crate::clock::SystemClock;
use crate::model::{Attributes, Declaration, Entry, FORMAT, Hash, Header, Timestamp, Value, ValueKind};
use crate::runtime::{Counters, FeatureRevision, History, QuarantinedRevision, SnapshotCell, Uses, WaitPolicy};
use crate::store::StoreHealth;

const FEATURES: [&str; 2] = ["Fee", "Search"];

/// The arrival of a revision, or a step of a compiling thread.
#[derive(Clone, Debug)]
enum Step {
    Arrive(usize, State),
    Take,
    Finish(usize),
}

#[derive(Clone, Debug)]
enum State {
    /// Valid or invalid rules, with or without a pin.
    Rules(usize, Option<&'static str>),
    /// The previous state with another pin.
    Pin(Option<&'static str>),
    Removed,
    Damaged,
}

#[derive(Debug)]
struct Idle;

impl History for Idle {
    fn prior_assignment(&self, _: &Arc<Experiment>, _: &Value<'_>, _: WaitPolicy<'_>) -> PriorAssignment {
        PriorAssignment::Unknown
    }

    fn prior_assignment_async(
        &self,
        _: &Arc<Experiment>,
        _: &Value<'_>,
    ) -> Pin<Box<dyn Future<Output = PriorAssignment> + Send>> {
        Box::pin(std::future::ready(PriorAssignment::Unknown))
    }

    fn expose(&self, _: &Arc<Experiment>, _: &Value<'_>, _: u16, _: bool) {}
}

impl Uses for Idle {
    fn places(&self, _: &Arc<str>, _: &mut dyn Iterator<Item = &Arc<str>>) -> Box<[u32]> {
        Box::default()
    }

    fn begin(&self) -> Arc<Counters> {
        Arc::new(Counters::new(0))
    }
}

fn replica() -> Replica {
    let declare = |name| Declaration::new(name, ["acme", "premium", "aperture"]).segment("Country", ValueKind::Text);
    let live = Arc::new(SnapshotCell::new(Arc::new(SystemClock), Arc::new(Idle), Arc::new(Idle)));
    let features = Features::new(Vec::new(), FEATURES.map(declare).to_vec());
    let health = Arc::new(StoreHealth::new("nowhere".to_owned()));
    Replica::new(live, features, Attributes::new(), Box::new(|_| {}), health, Default::default())
}

/// Returns rules of several kinds; the last three are not valid.
fn rules(kind: usize) -> Json {
    let country = |test: Json| {
        let mut when = json!({"segment": "Country"});
        when.as_object_mut().expect("an object").extend(test.as_object().expect("an object").clone());
        json!([{"name": "Canada", "when": when, "select": {"static": "premium"}}])
    };
    match kind {
        0 => json!({}),
        1 => json!({"otherwise": {"static": "premium"}}),
        2 => json!({"rules": country(json!({"matches": "^C[AO]$"}))}),
        3 => json!({"otherwise": {"experiment": {"by": "Country", "seed": "s", "weights": {"acme": 50, "premium": 50},
            "slots": [["acme", 500_000, 1], ["premium", 500_000, 1]]}}}),
        4 => json!({"otherwise": {"static": "unknown"}}),
        5 => json!({"rules": country(json!({"matches": "("})), "otherwise": {"static": "premium"}}),
        _ => json!({"rules": 0}),
    }
}

/// The history of each feature, and its last state.
#[derive(Default)]
struct Histories([Vec<Entry>; 2], [Json; 2]);

impl Histories {
    fn write(&mut self, index: usize, state: &State) -> Entry {
        let pin = |mut rules: Json, pinned: &Option<&str>| {
            rules.as_object_mut().expect("an object").insert("pinned".to_owned(), json!(pinned));
            rules
        };
        let before = if self.1[index].is_null() { json!({}) } else { self.1[index].clone() };
        let json = match state {
            State::Rules(kind, pinned) => pin(rules(*kind), pinned),
            State::Pin(pinned) => pin(before, pinned),
            State::Removed => Json::Null,
            State::Damaged => rules(1),
        };
        let newest = self.0[index].last();
        let header = Header {
            format: FORMAT,
            feature: FEATURES[index].to_owned(),
            version: newest.map_or(1, |newest| newest.version + 1),
            id: "id".to_owned(),
            previous: newest.map_or(Hash::default(), |newest| newest.hash),
            author: "ada".to_owned(),
            comment: String::new(),
            time: Timestamp::from_millis(0),
        };
        let mut entry = Entry::encode(&header, Some(&json).filter(|json| !json.is_null())).expect("written");
        if let State::Damaged = state {
            entry.hash.0[0] ^= 1;
        }
        self.0[index].push(entry.clone());
        self.1[index] = json;
        entry
    }
}

/// Returns the revision in effect after compiling all revisions in order.
fn in_order(replica: &Replica, entries: &[Entry]) -> Option<FeatureRevision> {
    let mut before: Option<FeatureRevision> = None;
    for entry in entries {
        let declaration = replica.features(|features| {
            let position = features.position(&entry.feature).expect("declared");
            features.get(position).expect("declared")
        });
        let compiled = replica.compiled(&declaration, entry);
        let last_valid = before.as_ref().and_then(|before| before.last_valid().cloned());
        let good = compiled.problems.is_empty();
        let route = compiled.route.map(Arc::new).or_else(|| last_valid.clone().filter(|_| !good));
        let quarantine = (!good).then(|| Box::new(QuarantinedRevision { problems: compiled.problems, last_valid }));
        before = Some(FeatureRevision { quarantine, ..FeatureRevision::valid(entry, route) });
    }
    before
}

/// Describes everything that distinguishes two revisions. A pin of invalid rules has no rules.
fn describe(revision: Option<&FeatureRevision>) -> String {
    let Some(revision) = revision else { return "none".to_owned() };
    let (version, hash, removed) = (revision.version, revision.hash, revision.removed);
    let quarantine = &revision.quarantine;
    let route = match quarantine {
        Some(_) if revision.is_pinned() => {
            format!("pinned in {:?}", revision.route.as_ref().map(|route| route.version()))
        }
        _ => format!("{:?}", revision.route),
    };
    format!("{version} {hash} {removed} {route} {quarantine:?} {:?}", revision.uncompiled)
}

fn state() -> impl Strategy<Value = State> {
    let pin = prop::sample::select(vec![None, Some("acme"), Some("aperture"), Some("unknown")]);
    prop_oneof![
        6 => (0..7_usize, pin.clone()).prop_map(|(kind, pinned)| State::Rules(kind, pinned)),
        6 => pin.prop_map(State::Pin),
        1 => Just(State::Removed),
        1 => Just(State::Damaged),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..FEATURES.len(), state()).prop_map(|(index, state)| Step::Arrive(index, state)),
        2 => Just(Step::Take),
        2 => (0..8_usize).prop_map(Step::Finish),
    ]
}

fn install(replica: &Replica, built: Option<Built>) {
    let mut update = replica.update();
    update.state.built.extend(built);
    update.install_built();
    update.finish();
}

proptest! {
    #[test]
    fn the_result_is_that_of_compiling_in_order_whichever_revisions_are_replaced_meanwhile(
        steps in prop::collection::vec(step(), 1..16),
    ) {
        let (replica, mut histories, mut tasks) = (replica(), Histories::default(), Vec::<Task>::new());
        for step in steps {
            match step {
                Step::Arrive(index, state) => {
                    let entry = histories.write(index, &state);
                    replica.apply(vec![entry.clone()]);
                    let known: HashSet<_> = replica.entries().into_iter().map(|entry| (entry.feature, entry.hash)).collect();
                    prop_assert!(known.contains(&(entry.feature.clone(), entry.hash)), "known immediately");
                    let revision = replica.cell.load_full().revision(index).cloned();
                    let pinned = histories.1[index]["pinned"].as_str().filter(|name| *name != "unknown");
                    if pinned.is_some() && !matches!(state, State::Damaged) {
                        let decides = revision.as_ref().is_some_and(|now| now.version == entry.version && now.is_pinned());
                        prop_assert!(decides, "a pin takes effect immediately");
                    }
                    if let State::Removed = state {
                        prop_assert!(revision.is_some_and(|now| now.removed && now.route.is_none()), "a removal takes effect immediately");
                    }
                }
                Step::Take => tasks.extend(locked(&replica.writer_state).queue.take()),
                Step::Finish(index) if !tasks.is_empty() => {
                    let task = tasks.remove(index % tasks.len());
                    install(&replica, replica.build(task));
                }
                Step::Finish(_) => {}
            }
        }
        for task in tasks.into_iter().rev() {
            install(&replica, replica.build(task));
        }
        replica.compile_waiting();
        prop_assert_eq!(locked(&replica.writer_state).queue.len(), 0);
        let snapshot = replica.cell.load_full();
        for (index, history) in histories.0.iter().enumerate() {
            let revision = snapshot.revision(index).map(|revision| &**revision);
            prop_assert_eq!(describe(revision), describe(in_order(&replica, history).as_ref()));
        }
    }
}

#[test]
fn replaced_revisions_are_not_compiled_and_outdated_results_are_dropped() {
    let (replica, mut histories) = (replica(), Histories::default());
    let mut arrive = |kind| replica.apply(vec![histories.write(0, &State::Rules(kind, None))]);
    let take = || locked(&replica.writer_state).queue.take();
    let version =
        || replica.cell.load_full().revision(0).map(|revision| (revision.version, revision.quarantine.is_some()));
    arrive(1);
    let first = take().expect("queued");
    arrive(2);
    arrive(4);
    let newest = take().expect("queued");
    assert_eq!((newest.entry.version, take().is_none()), (3, true), "one revision of a feature is queued");
    install(&replica, replica.build(first));
    assert_eq!(version(), None, "an outdated result is dropped");
    install(&replica, replica.build(newest));
    assert_eq!(version(), Some((3, true)));
    let served = replica.cell.load_full().revision(0).and_then(|revision| Some(revision.route.as_ref()?.version()));
    assert_eq!(served, Some(2), "the newest one is not valid, so the last valid one that it replaced takes effect");
}

#[test]
fn pinning_and_unpinning_compiled_rules_compiles_nothing() {
    let (replica, mut histories) = (replica(), Histories::default());
    replica.apply(vec![histories.write(0, &State::Rules(2, None))]);
    replica.compile_waiting();
    for pinned in [Some("acme"), Some("aperture"), None, None, Some("acme"), None] {
        let entry = histories.write(0, &State::Pin(pinned));
        let version = entry.version;
        replica.apply(vec![entry]);
        assert_eq!(
            locked(&replica.writer_state).queue.len(),
            usize::from(pinned.is_none() && version == 5),
            "{version}"
        );
        replica.compile_waiting();
        let snapshot = replica.cell.load_full();
        assert_eq!(
            snapshot.revision(0).map(|revision| (revision.version, revision.is_pinned())),
            Some((version, pinned.is_some()))
        );
    }
}

#[test]
fn pinning_and_unpinning_invalid_rules_compiles_nothing() {
    let (replica, mut histories) = (replica(), Histories::default());
    for kind in [1, 5] {
        replica.apply(vec![histories.write(0, &State::Rules(kind, None))]);
        replica.compile_waiting();
    }
    for pinned in [Some("acme"), None] {
        replica.apply(vec![histories.write(0, &State::Pin(pinned))]);
        let snapshot = replica.cell.load_full();
        let revision = snapshot.revision(0).expect("arrived");
        assert_eq!((locked(&replica.writer_state).queue.len(), revision.is_pinned()), (0, pinned.is_some()));
        assert_eq!(revision.last_valid().map(|route| route.version()), Some(1));
        assert!(revision.quarantine.is_some());
    }
}

#[test]
fn queued_revisions_are_compiled_by_cost_and_then_by_arrival() {
    let replica = replica();
    let mut queue = std::mem::take(&mut locked(&replica.writer_state).queue);
    let entry = |bytes: usize| Entry {
        feature: "Fee".to_owned(),
        version: 1,
        id: String::new(),
        hash: Hash::default(),
        removed: false,
        bytes: vec![b' '; bytes],
    };
    for (position, (bytes, is_pinned, has_patterns)) in
        [(9, false, true), (100, false, false), (5, false, false), (1, true, false), (5, false, false)]
            .into_iter()
            .enumerate()
    {
        queue.push(position, entry(bytes), is_pinned, has_patterns);
    }
    let order: Vec<_> = std::iter::from_fn(|| queue.take()).map(|task| task.position).collect();
    assert_eq!(order, [2, 4, 1, 0, 3]);
}
