//! An operator's desk: a running app with one feature, a clock that stands still, and what a rollout is at its time.

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

/// How many slots move from which implementation to which.
pub(crate) type Moves = BTreeMap<(String, String), u32>;

impl Desk {
    pub(crate) fn open() -> Self {
        let (clock, store) = (ManualClock::at("2026-12-01T09:00:00Z"), Memory::new());
        let app = App::builder().declare(feature()).store(store.clone()).clock(clock.clone()).detached();
        let app = app.start_blocking().unwrap();
        let feature = app.feature_named("Feature").unwrap();
        Self { app, feature, clock, store }
    }

    /// Sets the clock to so many milliseconds after [`START`].
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

    /// Sets the rule "canary", which is for everyone.
    pub(crate) fn roll_out(&self, rollout: Rollout) -> Result<Published> {
        wait(self.feature.edit().rule("canary", Condition::always(), rollout).author("ada").publish())
    }

    pub(crate) fn roll_back(&self, version: u64) -> Result<Published> {
        wait(self.feature.rollback_to(version).author("ada").publish())
    }

    /// Another program writes a state that this one would not.
    pub(crate) fn smuggle(&self, state: &serde_json::Value) {
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

    /// The rollout of the rule "canary".
    pub(crate) fn canary(&self) -> Rollout {
        canary(&self.feature.state()).clone()
    }

    /// Who owns which slots of the rule "canary" now.
    pub(crate) fn allocation(&self) -> Vec<SlotRange> {
        let canary = self.canary();
        let runs = allocation_at(&canary, self.now());
        assert_eq!(canary.allocation_at(Timestamp::from_millis(self.now())), runs);
        runs
    }

    /// What users get, and by which slots.
    pub(crate) fn users(&self, ids: std::ops::Range<u32>) -> Vec<(String, Option<u32>)> {
        let decide = |id| self.feature.explain(&attributes! { "UserId" => id });
        ids.map(decide).map(|decision| (decision.value().to_string(), decision.slot())).collect()
    }
}

pub(crate) fn canary(state: &State) -> &Rollout {
    let rule = state.rules.iter().find(|rule| rule.name == "canary").unwrap();
    rule.select.rollout().unwrap()
}

/// Everyone by `UserId`, in these shares.
pub(crate) fn by_user(shares: &Shares) -> Rollout {
    Rollout { weights: weights(shares), ..Rollout::new("UserId", [("", 0.0)]) }
}

/// Who owns which slots of a stored rollout at an instant.
pub(crate) fn allocation_at(rollout: &Rollout, now: i64) -> Vec<SlotRange> {
    let Some(ramp) = &rollout.ramp else { return rollout.slots.clone() };
    let Some(RampFrom::Slots(from)) = &ramp.from else { panic!("{ramp:?} is not as stored") };
    let duration: jiff::SignedDuration = ramp.duration.parse().unwrap();
    let start = i64::try_from(time(&ramp.start).unwrap()).unwrap();
    interpolate(from, &rollout.slots, Progress::new(now, start, u64::try_from(duration.as_millis()).unwrap()))
}

/// What an impact says of a rule: who moves at once, and who in a ramp.
pub(crate) fn told(impact: &Impact, rule: &str) -> (Moves, Moves) {
    let (mut at_once, mut interpolate) = (Moves::new(), Moves::new());
    for line in impact.lines.iter().filter(|line| line.part == StatePart::Rule(rule.to_owned())) {
        let Effect::Moved { from, to, percent } = &line.effect else { panic!("{impact}") };
        let moves = if line.ramp.is_some() { &mut interpolate } else { &mut at_once };
        *moves.entry((from.clone(), to.clone())).or_default() += feats::model::Percent(*percent).slots().unwrap();
    }
    (at_once, interpolate)
}

/// Where a selector ends.
pub(crate) fn target(selector: &Selector) -> Vec<SlotRange> {
    match selector {
        Selector::Rollout(rollout) => rollout.slots.clone(),
        Selector::Static(name) => allocation::initial(&Shares::from([(name.clone(), 1_000_000)]), 1),
        other => other.rollout().unwrap().slots.clone(),
    }
}
