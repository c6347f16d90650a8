//! Programs whose clocks are wrong.

use std::time::Duration;

use feats::clock::{Clock as _, SystemClock};
use feats::testing::ManualClock;

use feats_servers::Redis;

use crate::harness::{Trial, fault};

const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn clocks_an_hour_off() {
    fault::<Redis>("clock: one program an hour early, one an hour late", || {
        let redis = Redis::builder().appendonly().start();
        let now = SystemClock.now();
        let late =
            ManualClock::at(&feats::Timestamp::from_millis(now.as_millis() - HOUR.as_millis() as i64).to_string());
        let early = ManualClock::at(&now.to_string());
        let clocks = [late, early.clone()];
        let setup = Trial::setup(redis.url());
        let setup = setup.customize(move |number, app| match clocks.get(number) {
            Some(clock) => app.clock(clock.clone()),
            None => app,
        });
        let mut trial = setup.start();
        early.set_elapsed(HOUR);
        trial.run_for(Duration::from_millis(500));
        early.set_elapsed(Duration::ZERO);
        trial.healed();
        trial.end()
    });
}
