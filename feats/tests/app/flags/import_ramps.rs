//! Tests of imported ramps: they go on as in Flipper, to the millisecond, or gradually.

use feats::flags::{Flags, ImportDecisionKind, ImportOutcome, RampImport, flipper};
use feats::store::Memory;
use feats::testing::ManualClock;
use feats::{App, Timestamp, attributes};
use serde_json::json;

const START: i64 = 1_514_764_800;

/// A ramp: the first and the last share, and the duration in seconds.
type Ramp = (f64, f64, f64);

fn item((initial, last, duration): Ramp) -> flipper::Item {
    let percentage = json!({ "type": "LinearRampPercentage", "initial_value": initial, "final_value": last,
        "ramp_duration": duration, "initial_time": START });
    let bucketer =
        json!({ "type": "ConsistentHashPercentageBucketer", "key_whitelist": ["user_id"], "percentage": percentage });
    let item =
        json!({ "feature_name": "RAMP", "is_enabled": true, "meta": { "created_date": START, "bucketer": bucketer } });
    flipper::Item::from_json(&item.to_string()).expect("an item")
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_000 * START + millis)
}

/// Starts a program at a number of milliseconds after the start of the ramps.
async fn program(millis: i64) -> (Flags, ManualClock) {
    let clock = ManualClock::at(&at(millis).to_string());
    let app = App::builder().store(Memory::new()).clock(clock.clone()).detached().start().await.expect("an app starts");
    (app.flags().author("import"), clock)
}

/// Returns a user of each bucket.
fn users() -> Vec<u32> {
    let bucket = |id: &u32| flipper::bucket(&["user_id"], &format!(r#"{{"user_id": {id}}}"#)).expect("a bucket");
    (0..100).map(|wanted| (0..).find(|id| bucket(id) == wanted).expect("a user")).collect()
}

#[tokio::test]
async fn each_bucket_joins_at_its_instant_in_flipper() {
    let users = users();
    for (ramp, imported) in [
        ((0.2, 0.8, 1_800.0), 1),
        ((0.2, 0.8, 1_800.0), 700_000),
        ((0.2, 0.8, 1_800.0), -900_000),
        ((0.0, 1.0, 3_600.0), 1),
        ((0.0, 1.0, 3_600.0), -1),
        ((0.0, 1.0, 3_600.0), 3_500_000),
        ((0.15, 0.17, 1.0), 3),
        ((0.333, 0.777, 777.7), 1_234),
        ((-0.5, 1.5, 1_000.0), 10),
        ((0.1, 0.2, 86_400.0), 1),
    ] {
        let item = item(ramp);
        let (flags, clock) = program(imported).await;
        flags.import(item.clone()).await.expect("imported");
        let (last, duration) = (imported.max(0), (1_000.0 * ramp.2) as i64);
        for step in 0..=160 {
            let millis = last + step * duration / 128;
            // An instant may be off by a millisecond: that of a start, and those that are not whole milliseconds.
            clock.set_elapsed(std::time::Duration::from_millis(u64::try_from(millis - imported).expect("later")));
            for (bucket, user) in (0_u32..).zip(&users) {
                let admits = |millis: i64| item.admits(f64::from(bucket) / 100.0, at(millis));
                let is_enabled = flags.is_enabled("RAMP", &attributes! { "user_id" => *user });
                let close = [admits(millis - 1), admits(millis), admits(millis + 1)];
                assert!(
                    close.contains(&is_enabled),
                    "{ramp:?} imported at {imported}: bucket {bucket} after {millis} ms"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_ramp_goes_on_gradually_on_request() {
    let (flags, clock) = program(600_000).await;
    let report = flags.import(item((0.2, 0.8, 1_800.0))).ramps(RampImport::Gradual).await.expect("imported");
    assert_eq!(
        report.decisions().iter().map(|decision| decision.kind()).collect::<Vec<_>>(),
        [ImportDecisionKind::RampUnderWay]
    );
    // From 21 buckets to 81: a third of the way.
    assert_eq!(report.share(), Some(41.0));
    clock.set_elapsed(std::time::Duration::from_millis(9_000));
    let again = flags.import(item((0.2, 0.8, 1_800.0))).ramps(RampImport::Gradual).await.expect("imported");
    assert_eq!((again.share(), again.outcome()), (Some(41.3), ImportOutcome::Unchanged));
}

#[tokio::test]
async fn a_ramp_that_is_over_or_falls_is_the_share_of_now() {
    for (ramp, millis, share, decisions) in [
        ((0.2, 0.8, 1_800.0), 1_800_000, 81.0, vec![]),
        ((0.2, 0.8, 0.0), 0, 81.0, vec![]),
        ((0.8, 0.8, 3_600.0), 5_000, 81.0, vec![]),
        ((0.8, 0.2, 1_800.0), 0, 21.0, vec![ImportDecisionKind::RampFalls]),
        ((0.8, 0.2, 1_800.0), 1_500_000, 21.0, vec![ImportDecisionKind::RampFalls]),
        ((0.8, 0.2, 1_800.0), 2_100_000, 10.0, vec![ImportDecisionKind::RampFalls]),
        ((0.8, 0.2, 1_800.0), 3_600_000, 0.0, vec![ImportDecisionKind::RampFalls]),
        ((0.2, 0.8, -10.0), 5_000, 0.0, vec![ImportDecisionKind::RampFalls]),
    ] {
        let (flags, _) = program(millis).await;
        let report = flags.import(item(ramp)).await.expect("imported");
        assert_eq!(report.share(), Some(share), "{ramp:?} at {millis}");
        assert_eq!(report.decisions().iter().map(|decision| decision.kind()).collect::<Vec<_>>(), decisions);
        assert_eq!(flags.import(item(ramp)).await.expect("imported").outcome(), ImportOutcome::Unchanged);
    }
}

#[tokio::test]
async fn a_ramp_without_a_start_stays_at_its_first_share() {
    let text = item((0.2, 0.8, 1_800.0)).to_json().replace(&format!(", \"initial_time\": {START}"), "");
    let (flags, _) = program(900_000).await;
    let report = flags.import(flipper::Item::from_json(&text).expect("an item")).await.expect("imported");
    assert_eq!((report.share(), report.decisions()[0].kind()), (Some(21.0), ImportDecisionKind::RampWithoutStart));
}

#[tokio::test]
async fn a_ramp_of_more_than_ten_years_is_refused() {
    let (flags, _) = program(86_400_000).await;
    let error = flags.import(item((0.1, 1.0, 1_601_314_960.0))).await.expect_err("too long");
    assert_eq!(error.problems()[0].path(), "meta.bucketer.percentage.ramp_duration", "{error}");
}

#[tokio::test]
async fn a_changed_ramp_is_imported_as_in_flipper_while_it_is_under_way() {
    let users = users();
    let (flags, clock) = program(1).await;
    flags.import(item((0.2, 0.8, 1_800.0))).await.expect("imported");
    clock.set_elapsed(std::time::Duration::from_secs(600));
    let changed = item((0.2, 0.9, 1_800.0));
    assert_eq!(flags.import(changed.clone()).await.expect("imported").outcome(), ImportOutcome::Updated);
    for minutes in 11..40 {
        clock.set_elapsed(std::time::Duration::from_secs(60 * minutes));
        let now = at(1 + 60_000 * i64::try_from(minutes).expect("small"));
        for (bucket, user) in (0_u32..).zip(&users) {
            let is_enabled = flags.is_enabled("RAMP", &attributes! { "user_id" => *user });
            assert_eq!(
                is_enabled,
                changed.admits(f64::from(bucket) / 100.0, now),
                "bucket {bucket} after {minutes} min"
            );
        }
    }
}

#[tokio::test]
async fn a_random_ramp_has_the_shares_of_flipper() {
    let text = item((-0.25, 0.75, 1_000.0)).to_json().replace("ConsistentHash", "");
    let random = flipper::Item::from_json(&text).expect("an item");
    for (seconds, share) in [(200, 0.0), (250, 0.0), (500, 25.0), (900, 65.0), (1_000, 75.0), (5_000, 75.0)] {
        let (flags, _) = program(1_000 * seconds).await;
        assert_eq!(flags.import(random.clone()).await.expect("imported").share(), Some(share), "after {seconds} s");
    }
}
