//! A running app with flags, a store in memory and a manual clock.

use std::time::Duration;

use feats::clock::Clock as _;
use feats::flags::{Flag, Flags};
use feats::model::{Rollout, SlotRange};
use feats::store::Memory;
use feats::testing::ManualClock;
use feats::{App, State, Timestamp};

use crate::world::wait;

/// An app whose flags the tests write.
pub(crate) struct Program {
    pub(super) app: App,
    pub(crate) flags: Flags,
    clock: ManualClock,
}

impl Program {
    pub(crate) fn start() -> Self {
        Self::start_at("2026-12-01T09:00:00Z")
    }

    /// Starts a program at an RFC 3339 time.
    pub(super) fn start_at(time: &str) -> Self {
        let clock = ManualClock::at(time);
        let app = App::builder().store(Memory::new()).clock(clock.clone()).detached().start_blocking().unwrap();
        let flags = app.flags().author("ada");
        Self { app, flags, clock }
    }

    /// Sets the clock to a time after the start.
    pub(crate) fn set_elapsed(&self, elapsed: Duration) {
        self.clock.set_elapsed(elapsed);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Returns the newest state of a flag.
pub(crate) fn state(flag: &Flag) -> State {
    wait(flag.history()).unwrap().first().unwrap().state()
}

/// Returns the rollout that decides for subjects whom no condition decides.
pub(crate) fn rollout(flag: &Flag) -> Option<Rollout> {
    state(flag).otherwise?.rollout().cloned()
}

/// Returns the number of slots of one choice.
pub(super) fn share(slots: &[SlotRange], choice: &str) -> u32 {
    slots.iter().filter(|range| range.implementation == choice).map(|range| range.length).sum()
}
