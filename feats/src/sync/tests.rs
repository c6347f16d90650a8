//! However revisions arrive while others are compiled: in the end each feature decides as if all had been compiled in order.

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
use crate::runtime::{Counters, FeatureRevision, History, SnapshotCell, Unusable, Uses, WaitPolicy};
use crate::store::StoreHealth;

const FEATURES: [&str; 2] = ["Fee", "Search"];

/// What arrives, or what a thread that compiles does.
#[derive(Clone, Debug)]
enum Step {
    Arrive(usize, State),
    Take,
    Finish(usize),
}

#[derive(Clone, Debug)]
enum State {
    /// Rules, some of them good, with or without a pin.
    Rules(usize, Option<&'static str>),
    /// The state before with another pin.
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
    fn places(&self, _: &Arc<str>, _: &mut dyn Iterator<Item = &str>) -> Box<[u32]> {
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

/// Rules of several kinds; the last three cannot be used.
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
        4 => json!({"otherwise": {"static": "nobody"}}),
        5 => json!({"rules": country(json!({"matches": "("})), "otherwise": {"static": "premium"}}),
        _ => json!({"rules": 0}),
    }
}

/// The history of each feature, from what its states are.
#[derive(Default)]
struct Histories([Vec<Entry>; 2], [Json; 2]);

impl Histories {
    fn write(&mut self, at: usize, state: &State) -> Entry {
        let pin = |mut rules: Json, pinned: &Option<&str>| {
            rules.as_object_mut().expect("an object").insert("pinned".to_owned(), json!(pinned));
            rules
        };
        let before = if self.1[at].is_null() { json!({}) } else { self.1[at].clone() };
        let json = match state {
            State::Rules(kind, pinned) => pin(rules(*kind), pinned),
            State::Pin(pinned) => pin(before, pinned),
            State::Removed => Json::Null,
            State::Damaged => rules(1),
        };
        let newest = self.0[at].last();
        let header = Header {
            format: FORMAT,
            feature: FEATURES[at].to_owned(),
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
        self.0[at].push(entry.clone());
        self.1[at] = json;
        entry
    }
}

/// What a feature decides by, compiled in order.
fn in_order(replica: &Replica, entries: &[Entry]) -> Option<FeatureRevision> {
    let mut before: Option<FeatureRevision> = None;
    for entry in entries {
        let declaration = replica.features(|features| {
            let position = features.position(&entry.feature).expect("declared");
            features.get(position).expect("declared").clone()
        });
        let compiled = replica.compiled(&declaration, entry);
        let last_valid = before.as_ref().and_then(|before| before.last_valid().cloned());
        let good = compiled.problems.is_empty();
        let route = compiled.route.map(Arc::new).or_else(|| last_valid.clone().filter(|_| !good));
        let quarantine = (!good).then(|| Box::new(Unusable { problems: compiled.problems, last_valid }));
        before = Some(FeatureRevision { quarantine, ..FeatureRevision::good(entry, route) });
    }
    before
}

/// Everything that can be told apart. A pin that decides for rules that cannot be used has no rules.
fn described(standing: Option<&FeatureRevision>) -> String {
    let Some(standing) = standing else { return "none".to_owned() };
    let (version, hash, removed) = (standing.version, standing.hash, standing.removed);
    let quarantine = &standing.quarantine;
    let route = match quarantine {
        Some(_) if standing.is_pinned() => {
            format!("pinned in {:?}", standing.route.as_ref().map(|route| route.version()))
        }
        _ => format!("{:?}", standing.route),
    };
    format!("{version} {hash} {removed} {route} {quarantine:?} {:?}", standing.uncompiled)
}

fn state() -> impl Strategy<Value = State> {
    let pin = prop::sample::select(vec![None, Some("acme"), Some("aperture"), Some("nobody")]);
    prop_oneof![
        6 => (0..7_usize, pin.clone()).prop_map(|(kind, pinned)| State::Rules(kind, pinned)),
        6 => pin.prop_map(State::Pin),
        1 => Just(State::Removed),
        1 => Just(State::Damaged),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..FEATURES.len(), state()).prop_map(|(at, state)| Step::Arrive(at, state)),
        2 => Just(Step::Take),
        2 => (0..8_usize).prop_map(Step::Finish),
    ]
}

fn install(replica: &Replica, built: Option<Built>) {
    let mut swap = replica.update();
    swap.state.built.extend(built);
    swap.install_built();
    swap.finish();
}

proptest! {
    #[test]
    fn whatever_is_overtaken_while_it_is_compiled_the_result_is_that_of_compiling_in_order(
        steps in prop::collection::vec(step(), 1..16),
    ) {
        let (replica, mut histories, mut tasks) = (replica(), Histories::default(), Vec::<Task>::new());
        for step in steps {
            match step {
                Step::Arrive(at, state) => {
                    let entry = histories.write(at, &state);
                    replica.apply(vec![entry.clone()]);
                    let known: HashSet<_> = replica.entries().into_iter().map(|entry| (entry.feature, entry.hash)).collect();
                    prop_assert!(known.contains(&(entry.feature.clone(), entry.hash)), "known at once");
                    let standing = replica.cell.load_full().revision(at).cloned();
                    let pinned = histories.1[at]["pinned"].as_str().filter(|name| *name != "nobody");
                    if pinned.is_some() && !matches!(state, State::Damaged) {
                        let decides = standing.as_ref().is_some_and(|now| now.version == entry.version && now.is_pinned());
                        prop_assert!(decides, "a pin decides at once");
                    }
                    if let State::Removed = state {
                        prop_assert!(standing.is_some_and(|now| now.removed && now.route.is_none()), "so does a removal");
                    }
                }
                Step::Take => tasks.extend(locked(&replica.writer_state).queue.take()),
                Step::Finish(at) if !tasks.is_empty() => {
                    let task = tasks.remove(at % tasks.len());
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
        for (at, history) in histories.0.iter().enumerate() {
            let standing = snapshot.revision(at).map(|standing| &**standing);
            prop_assert_eq!(described(standing), described(in_order(&replica, history).as_ref()));
        }
    }
}

#[test]
fn what_was_replaced_before_its_turn_is_not_compiled_and_late_results_are_dropped() {
    let (replica, mut histories) = (replica(), Histories::default());
    let mut arrive = |kind| replica.apply(vec![histories.write(0, &State::Rules(kind, None))]);
    let take = || locked(&replica.writer_state).queue.take();
    let version =
        || replica.cell.load_full().revision(0).map(|standing| (standing.version, standing.quarantine.is_some()));
    arrive(1);
    let first = take().expect("waits");
    arrive(2);
    arrive(4);
    let newest = take().expect("waits");
    assert_eq!((newest.entry.version, take().is_none()), (3, true), "one revision of a feature waits");
    install(&replica, replica.build(first));
    assert_eq!(version(), None, "a late result is dropped");
    install(&replica, replica.build(newest));
    assert_eq!(version(), Some((3, true)));
    let served = replica.cell.load_full().revision(0).and_then(|standing| Some(standing.route.as_ref()?.version()));
    assert_eq!(served, Some(2), "the newest one cannot be used, so the last good one that it replaced decides");
}

#[test]
fn a_pin_and_an_unpin_of_compiled_rules_compile_nothing() {
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
            snapshot.revision(0).map(|standing| (standing.version, standing.is_pinned())),
            Some((version, pinned.is_some()))
        );
    }
}

#[test]
fn a_pin_of_what_cannot_be_used_and_its_unpin_compile_nothing() {
    let (replica, mut histories) = (replica(), Histories::default());
    for kind in [1, 5] {
        replica.apply(vec![histories.write(0, &State::Rules(kind, None))]);
        replica.compile_waiting();
    }
    for pinned in [Some("acme"), None] {
        replica.apply(vec![histories.write(0, &State::Pin(pinned))]);
        let snapshot = replica.cell.load_full();
        let standing = snapshot.revision(0).expect("arrived");
        assert_eq!((locked(&replica.writer_state).queue.len(), standing.is_pinned()), (0, pinned.is_some()));
        assert_eq!(standing.last_valid().map(|route| route.version()), Some(1));
        assert!(standing.quarantine.is_some());
    }
}

#[test]
fn what_waits_is_taken_by_cost_and_then_by_arrival() {
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
