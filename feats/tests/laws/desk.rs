//! A running app with one feature and a manual clock, for tests of publishing.

use std::collections::BTreeMap;
use std::time::Duration;

use feats::bucketing::allocation::{self, Progress, Shares, interpolate};
use feats::impact::{Effect, Impact};
use feats::model::{
    Condition, Entry, FORMAT, Hash, Header, RampFrom, Rollout, Selector, SlotRange, StatePart, Timestamp,
};
use feats::store::{Memory, RevisionStamp, Store};
use feats::testing::ManualClock;
use feats::{App, Dynamic, FeatureHandle, Published, Result, State, attributes};

use super::generators::weights;
use super::interpreter::time;
use super::world::{START, feature, wait};

pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) feature: FeatureHandle<Dynamic>,
    clock: ManualClock,
    store: Memory,
}

/// The number of slots that move, by implementation before and after.
pub(crate) type Moves = BTreeMap<(String, String), u32>;

impl Desk {
    pub(crate) fn open() -> Self {
        let (clock, store) = (ManualClock::at("2026-12-01T09:00:00Z"), Memory::new());
        let app = App::builder().declare(feature()).store(store.clone()).clock(clock.clone()).detached();
        let app = app.start_blocking().unwrap();
        let feature = app.feature_named("Feature").unwrap();
        Self { app, feature, clock, store }
    }

    /// Sets the clock to a number of milliseconds after [`START`].
    pub(crate) fn set(&self, millis: u64) {
        self.clock.set_elapsed(Duration::from_millis(millis));
    }

    pub(crate) fn now(&self) -> i64 {
        feats::clock::Clock::now(&self.clock).as_millis()
    }

    /// Replaces the whole state.
    pub(crate) fn replace(&self, state: State) -> Result<Published> {
        wait(self.feature.edit().replace(state).author("ada").publish())
    }

    /// Publishes the rule "canary" for everyone.
    pub(crate) fn roll_out(&self, rollout: Rollout) -> Result<Published> {
        wait(self.feature.edit().rule("canary", Condition::always(), rollout).author("ada").publish())
    }

    pub(crate) fn roll_back(&self, version: u64) -> Result<Published> {
        wait(self.feature.rollback_to(version).author("ada").publish())
    }

    /// Appends a state without checks, as another program could.
    pub(crate) fn append_unchecked(&self, state: &serde_json::Value) {
        let revision = self.feature.revision();
        let (version, previous) = revision.map_or((0, Hash::default()), |known| (known.version(), known.hash()));
        let header = Header {
            format: FORMAT,
            feature: "Feature".to_owned(),
            version: version + 1,
            id: format!("smuggled {version}"),
            previous,
            author: "another program".to_owned(),
            comment: String::new(),
            time: Timestamp::from_millis(START),
        };
        let entry = Entry::encode(&header, Some(state)).unwrap();
        wait(self.store.append(RevisionStamp { version, hash: previous }, &entry)).unwrap();
        wait(self.app.refresh()).unwrap();
    }

    /// Returns the rollout of the rule "canary".
    pub(crate) fn canary(&self) -> Rollout {
        canary(&self.feature.state()).clone()
    }

    /// Returns the current allocation of the rule "canary".
    pub(crate) fn allocation(&self) -> Vec<SlotRange> {
        let canary = self.canary();
        let runs = allocation_at(&canary, self.now());
        assert_eq!(canary.allocation_at(Timestamp::from_millis(self.now())), runs);
        runs
    }

    /// Returns the implementation and the slot of each user.
    pub(crate) fn users(&self, ids: std::ops::Range<u32>) -> Vec<(String, Option<u32>)> {
        let decide = |id| self.feature.explain(&attributes! { "UserId" => id });
        ids.map(decide).map(|decision| (decision.value().to_string(), decision.slot())).collect()
    }
}

pub(crate) fn canary(state: &State) -> &Rollout {
    let rule = state.rules.iter().find(|rule| rule.name == "canary").unwrap();
    rule.select.rollout().unwrap()
}

/// Returns a rollout by `UserId` with the given shares.
pub(crate) fn by_user(shares: &Shares) -> Rollout {
    Rollout { weights: weights(shares), ..Rollout::new("UserId", [("", 0.0)]) }
}

/// Returns the allocation of a stored rollout at an instant.
pub(crate) fn allocation_at(rollout: &Rollout, now: i64) -> Vec<SlotRange> {
    let Some(ramp) = &rollout.ramp else { return rollout.slots.clone() };
    let Some(RampFrom::Slots(from)) = &ramp.from else { panic!("{ramp:?} does not start from slots") };
    let duration: jiff::SignedDuration = ramp.duration.parse().unwrap();
    let start = i64::try_from(time(&ramp.start).unwrap()).unwrap();
    interpolate(from, &rollout.slots, Progress::new(now, start, u64::try_from(duration.as_millis()).unwrap()))
}

/// Returns the moves of a rule in an impact: those at once, and those in a ramp.
pub(crate) fn moves_of_rule(impact: &Impact, rule: &str) -> (Moves, Moves) {
    let (mut at_once, mut interpolate) = (Moves::new(), Moves::new());
    for line in impact.lines.iter().filter(|line| line.part == StatePart::Rule(rule.to_owned())) {
        let Effect::Moved { from, to, percent } = &line.effect else { panic!("{impact}") };
        let moves = if line.ramp.is_some() { &mut interpolate } else { &mut at_once };
        *moves.entry((from.clone(), to.clone())).or_default() += feats::model::Percent(*percent).slots().unwrap();
    }
    (at_once, interpolate)
}

/// Returns the final allocation of a selector.
pub(crate) fn target(selector: &Selector) -> Vec<SlotRange> {
    match selector {
        Selector::Rollout(rollout) => rollout.slots.clone(),
        Selector::Static(name) => allocation::initial(&Shares::from([(name.clone(), 1_000_000)]), 1),
        other => other.rollout().unwrap().slots.clone(),
    }
}
