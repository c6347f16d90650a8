//! Flags that go on in the buckets of another system: what they show, and how they grow.

use feats::describe;
use feats::flags::{Bucketer, Flag};
use feats::model::{BucketFunction, Ramp, RampFrom, Rollout, Selector, SlotRange, State};
use feats::testing::ManualClock;
use feats::{App, attributes};

async fn app(clock: &ManualClock) -> App {
    App::builder().store(feats::store::Memory::new()).clock(clock.clone()).detached().start().await.unwrap()
}

/// Creates a flag that Flipper's first 51 buckets have.
async fn flipper_flag(app: &App, ramp: Option<Ramp>) -> Flag {
    let flag = app.flags().author("ada").create("HOMEPAGE").enabled().await.unwrap();
    let mut rollout = Rollout::new("user_id", [("enabled", 51.0), ("disabled", 49.0)]);
    rollout.bucketing = Some(BucketFunction::Flipper.into());
    rollout.slots = vec![SlotRange::new("enabled", 510_000, 2), SlotRange::new("disabled", 490_000, 2)];
    rollout.ramp = ramp;
    flag.edit().unwrap().otherwise(rollout).author("ada").allow_reshuffle().publish().await.unwrap();
    flag
}

fn rollout(flag: &Flag) -> Rollout {
    let state: State = flag.as_feature().unwrap().state();
    state.otherwise.as_ref().and_then(Selector::rollout).unwrap().clone()
}

fn enabled_ids(flag: &Flag) -> Vec<i64> {
    (0..10_000).filter(|id| flag.is_enabled(&attributes! { "user_id" => *id })).collect()
}

#[tokio::test]
async fn a_share_in_buckets_grows_from_its_last_bucket_by_less_than_a_bucket() {
    let app = app(&ManualClock::at("2026-12-01T09:00:00Z")).await;
    let flag = flipper_flag(&app, None).await;
    let first = enabled_ids(&flag);
    flag.set_percentage(51.5).await.unwrap();
    let slots = [("enabled", 510_000, 2), ("enabled", 5_000, 3), ("disabled", 485_000, 2)];
    let slots = slots.map(|(name, length, since)| SlotRange::new(name, length, since));
    assert_eq!(rollout(&flag).slots, slots);
    let grown = enabled_ids(&flag);
    assert!(first.iter().all(|id| grown.contains(id)) && grown.len() > first.len(), "{} {}", first.len(), grown.len());
    flag.set_percentage(51.0).await.unwrap();
    assert_eq!(enabled_ids(&flag), first, "exactly the last ones leave");
}

#[tokio::test]
async fn a_new_bucketer_by_the_same_attributes_keeps_the_buckets() {
    let app = app(&ManualClock::at("2026-12-01T09:00:00Z")).await;
    let flag = flipper_flag(&app, None).await;
    let first = enabled_ids(&flag);
    flag.set_bucketer(Bucketer::consistent(["user_id"]).percentage(60.0)).await.unwrap();
    assert_eq!(rollout(&flag).bucketing, Some(BucketFunction::Flipper.into()));
    assert!(first.iter().all(|id| flag.is_enabled(&attributes! { "user_id" => *id })));
    flag.set_bucketer(Bucketer::consistent(["tenant"]).percentage(60.0)).await.unwrap();
    assert_eq!(rollout(&flag).bucketing, None, "other units");
}

#[tokio::test]
async fn buckets_and_steps_are_described() {
    let clock = ManualClock::at("2026-12-01T09:00:00Z");
    let app = app(&clock).await;
    let from = vec![SlotRange::new("enabled", 210_000, 2), SlotRange::new("disabled", 790_000, 2)];
    let ramp =
        Ramp { from: Some(RampFrom::Slots(from)), step: Some(10_000), ..Ramp::new("2026-12-01T09:00:00Z", "30m") };
    let flag = flipper_flag(&app, Some(ramp)).await;
    let feature = flag.as_feature().unwrap();
    let now = feats::clock::Clock::now(&clock);
    let selector = feature.state().otherwise.unwrap();
    assert_eq!(
        describe::selector(&selector, now).to_string(),
        "split by user_id in Flipper's 100 buckets: disabled 49%, enabled 51% (in steps of 1% from 2026-12-01T09:00:00Z to \
         2026-12-01T09:30:00Z; currently enabled 21%, disabled 79%)"
    );
    let trace = flag.trace(&attributes! { "user_id" => 1 }).unwrap();
    let text = describe::trace(&trace).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let moves = "Flipper's bucket 48 of 100";
    assert!(text.contains(moves), "{text}");
    // The 28th of 30 steps, together with its whole bucket.
    assert!(text.contains("the ramp moves it to enabled at 2026-12-01T09:28:00Z"), "{text}");
    let json = serde_json::to_value(&trace).unwrap();
    let bucketing = json["steps"].as_array().unwrap().iter().find_map(|step| step.get("bucketing")).unwrap();
    assert_eq!(bucketing["bucket"], serde_json::json!({ "function": "flipper", "bucket": 48 }));
    clock.set_elapsed(std::time::Duration::from_millis(28 * 60_000 - 1));
    assert!(!flag.is_enabled(&attributes! { "user_id" => 1 }));
    clock.set_elapsed(std::time::Duration::from_millis(28 * 60_000));
    assert!(flag.is_enabled(&attributes! { "user_id" => 1 }));
}
