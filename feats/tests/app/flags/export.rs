//! Tests of the way back: what Flipper reads of an exported flag, and what is listed as lost.

use feats::flags::{Bucketer, Condition, Flag, MissingAttribute, flipper, flypper};
use feats::store::Memory;
use feats::testing::ManualClock;
use feats::{App, Timestamp, attributes};
use serde_json::json;

use super::fixture::flags;

/// Returns the item of a flag and what is lost.
fn export(flag: &Flag) -> (flipper::Item, Vec<String>) {
    let state = flag.as_feature().expect("a flag").state();
    flipper::Item::from_state(flag.name(), &state, Timestamp::from_millis(1_796_115_600_000)).expect("exported")
}

#[tokio::test]
async fn an_imported_flag_is_exported_as_it_was() {
    let clock = ManualClock::at("2026-12-01T09:00:00Z");
    let app = App::builder().store(Memory::new()).clock(clock).detached().start().await.expect("an app starts");
    let flags = app.flags();
    let conditions = json!([
        { "a": [{ "variable": "a", "value": 1, "operator": "gt" }, { "variable": "a", "value": 2.5, "operator": "lt" }],
          "b": [{ "variable": "b", "value": "é", "operator": null }] },
        { "a": [{ "variable": "a", "value": [1, true], "operator": "not_in" }] },
    ]);
    let consistent = |percentage: &serde_json::Value| json!({ "type": "ConsistentHashPercentageBucketer", "percentage": percentage, "key_whitelist": ["user_id", "b"] });
    let fixed = |value: f64| json!({ "type": "Percentage", "value": value });
    let ramp = json!({ "type": "LinearRampPercentage", "initial_value": 0.2, "final_value": 0.8, "ramp_duration": 86_400,
        "initial_time": 1_796_115_000 });
    let metas = [
        json!({ "created_date": 1, "client_data": { "a": [1, null, "x"] } }),
        json!({ "created_date": 1, "conditions": conditions }),
        json!({ "created_date": 1, "bucketer": { "type": "PercentageBucketer", "percentage": fixed(0.1) } }),
        json!({ "created_date": 1, "bucketer": consistent(&fixed(0.0)) }),
        json!({ "created_date": 1, "bucketer": consistent(&fixed(0.5)) }),
        json!({ "created_date": 1, "bucketer": consistent(&fixed(1.0)) }),
        json!({ "created_date": 1, "bucketer": consistent(&ramp) }),
    ];
    for (index, meta) in metas.into_iter().enumerate() {
        let name = format!("flag {index}");
        let item = json!({ "feature_name": name, "is_enabled": index != 1, "meta": meta }).to_string();
        let item = flipper::Item::from_json(&item).expect("an item");
        flags.import(item.clone()).await.expect("imported");
        let (exported, lost) = export(&flags.get(&name));
        assert_eq!((exported.to_json(), lost), (item.to_json(), vec![]));
    }
}

#[tokio::test]
async fn a_share_is_exported_as_the_buckets_that_it_admits() {
    let flags = flags().await;
    let now = Timestamp::from_millis(0);
    for (value, buckets) in [(0.0, 0), (1e-9, 1), (0.01, 2), (0.98, 99), (0.99, 100), (1.5, 100), (-1.0, 0)] {
        let item = json!({ "feature_name": "FLAG", "is_enabled": true, "meta": { "created_date": 1, "bucketer": {
            "type": "ConsistentHashPercentageBucketer", "percentage": { "type": "Percentage", "value": value } } } });
        flags.import(flipper::Item::from_json(&item.to_string()).expect("an item")).await.expect("imported");
        let (exported, lost) = export(&flags.get("FLAG"));
        let admitted = (0..100).filter(|bucket| exported.admits(f64::from(*bucket) / 100.0, now)).count();
        assert_eq!((admitted, lost.len()), (buckets, 0), "{value}");
    }
}

#[tokio::test]
async fn a_share_that_was_grown_and_shrunk_in_whole_buckets_is_exported_without_a_loss() {
    let flags = flags().await;
    let item = r#"{"feature_name": "FLAG", "is_enabled": true, "meta": {"created_date": 1, "bucketer":
        {"type": "ConsistentHashPercentageBucketer", "percentage": {"type": "Percentage", "value": 0.3}}}}"#;
    flags.import(flipper::Item::from_json(item).expect("an item")).await.expect("imported");
    let flag = flags.get("FLAG");
    for (percentage, share, is_lost) in
        [(31.5, 0.3, true), (52.0, 0.51, false), (40.0, 0.39, false), (99.99, 0.98, true), (7.0, 0.06, false)]
    {
        flag.set_percentage(percentage).await.expect("changed");
        let (exported, lost) = export(&flag);
        assert_eq!(
            (exported.percentage(Timestamp::from_millis(0)), !lost.is_empty()),
            (Some(share), is_lost),
            "{percentage}: {lost:?}"
        );
    }
}

#[tokio::test]
async fn everything_that_flipper_cannot_express_is_listed() {
    let flags = flags().await;
    let flag = flags.create("FLAG").enabled().await.expect("created");
    let (_, lost) = export(&flag);
    assert!(lost.is_empty());
    flag.set_missing_attribute(MissingAttribute::Fail).await.expect("written");
    flag.add_condition(Condition::new().check("a__b__eq", 1).check("version__semver", "^1").check("plan", "pro"))
        .await
        .expect("written");
    flag.override_for("user_id", [1, 2], "enabled").await.expect("written");
    flag.set_bucketer(Bucketer::consistent(["user_id"]).percentage(50.0)).await.expect("written");
    let (item, lost) = export(&flag);
    let parts = [
        "no overrides",
        "a missing attribute|missing; here, it fails",
        r#"no condition such as {"eq":1,"segment":"a__b"}|no condition such as {"segment":"a__b","eq":1}"#,
        "semver",
        "other buckets",
        "ignores the bucketer",
    ];
    assert_eq!(lost.len(), parts.len(), "{lost:#?}");
    for (lost, part) in lost.iter().zip(parts) {
        assert!(part.split('|').any(|part| lost.contains(part)), "{lost} has no {part}");
    }
    assert!(
        item.to_json()
            .contains(r#""conditions": [{"plan": [{"variable": "plan", "value": "pro", "operator": null}]}]"#)
    );

    flag.pin("disabled").await.expect("pinned");
    let (item, lost) = export(&flag);
    assert!(!item.is_enabled() && lost[0].contains("pinned"), "{lost:?}");
    let theme = flags.create_variants("THEME", [("light", json!(1))]).await.expect("created");
    let error =
        flipper::Item::from_state("THEME", &theme.as_feature().expect("a flag").state(), Timestamp::from_millis(0));
    assert_eq!(error.expect_err("variants").problems()[0].path(), "values");
    assert!(flags.is_enabled("THEME", &attributes! {}) == flag.is_enabled(&attributes! {}));
}

/// Flipper's own arithmetic, for the exported item and for the one that was imported.
#[tokio::test]
async fn an_exported_ramp_goes_on_as_the_one_that_was_imported() {
    const START: i64 = 1_796_115_600_000;
    let ramp = |(initial, last, duration): (f64, f64, f64)| {
        let percentage = json!({ "type": "LinearRampPercentage", "initial_value": initial, "final_value": last,
            "ramp_duration": duration, "initial_time": START / 1_000 });
        let bucketer = json!({ "type": "ConsistentHashPercentageBucketer", "percentage": percentage });
        let item =
            json!({ "feature_name": "RAMP", "is_enabled": true, "meta": { "created_date": 1, "bucketer": bucketer } });
        flipper::Item::from_json(&item.to_string()).expect("an item")
    };
    let shapes = [
        (0.2, 0.8, 1_800.0),
        (0.0, 1.0, 3_600.0),
        (0.333, 0.777, 777.7),
        (-0.5, 1.5, 1_000.0),
        (0.15, 0.17, 1.0),
        (0.0, 0.5, 86_400.0),
    ];
    for shape in shapes {
        let (item, duration) = (ramp(shape), (1_000.0 * shape.2) as i64);
        for imported in [-duration / 2, 1, duration / 3, duration / 2, duration * 9 / 10, duration + 1] {
            let clock = ManualClock::at(&Timestamp::from_millis(START + imported).to_string());
            let app = App::builder().store(Memory::new()).clock(clock).detached().start().await.expect("an app starts");
            app.flags().import(item.clone()).await.expect("imported");
            let state = app.flags().get("RAMP").as_feature().expect("a flag").state();
            for exported in [imported, imported + duration / 7, imported + duration] {
                let (back, _) = flipper::Item::from_state("RAMP", &state, Timestamp::from_millis(START + exported))
                    .expect("exported");
                for step in 0..200 {
                    let now = START + exported + step * duration / 150;
                    for bucket in 0..100 {
                        let score = f64::from(bucket) / 100.0;
                        let around = [now - 1, now, now + 1].map(|now| item.admits(score, Timestamp::from_millis(now)));
                        let admits = back.admits(score, Timestamp::from_millis(now));
                        assert!(
                            around.contains(&admits),
                            "{shape:?} imported at {imported}, exported at {exported}: bucket {bucket} at {}",
                            now - START
                        );
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn an_imported_flag_of_flypper_is_exported_with_the_same_answers() {
    let flags = flags().await;
    let now = Timestamp::from_millis(0);
    let actors = json!({ "actor_key": "user", "actor_ids": ["7", "é"] });
    let gates = [None, Some(-1.0), Some(0.0), Some(10.0), Some(55.55), Some(99.99), Some(100.0), Some(250.0)];
    for (index, percentage) in gates.into_iter().enumerate() {
        for (actors, deleted) in [(json!(null), false), (actors.clone(), false), (actors.clone(), true)] {
            let name = format!("flag {index} {actors} {deleted}");
            let percentage = percentage.map(|percentage| json!({ "actor_key": "user", "percentage": percentage }));
            let text = json!({ "name": name, "deleted": deleted, "enabled": index != 1, "enabled_for_actors": actors,
                "enabled_for_percentage_of_actors": percentage, "updated_at": 1.5, "version": 1 });
            let flag = flypper::Flag::from_json(&text.to_string()).expect("a flag");
            flags.import(flag.clone()).await.expect("imported");
            let state = flags.get(&name).as_feature().expect("a flag").state();
            let (exported, lost) = flypper::Flag::from_state(&name, &state, now).expect("exported");
            assert!(lost.is_empty(), "{name}: {lost:?}");
            assert!((0..10_000).all(|bucket| exported.admits(bucket) == flag.admits(bucket)), "{name}");
            // Both say the same of the key, unless the percentage is one that admits all buckets or none.
            if percentage.is_none_or(|gate| (0.0..99.99).contains(&gate["percentage"].as_f64().expect("a number"))) {
                assert_eq!(exported.to_json(), flag.to_json());
            }
            let again = flags.import(flypper::Flag::from_json(&exported.to_json()).expect("a flag")).preview().await;
            assert_eq!(again.expect("imported").outcome(), feats::flags::ImportOutcome::Unchanged, "{name}");
        }
    }
}

#[tokio::test]
async fn everything_that_flypper_cannot_express_is_listed() {
    let flags = flags().await;
    let flag = flags.create("FLAG").enabled().client_data(json!({ "ttl": 1 })).await.expect("created");
    flag.add_condition(Condition::new().check("user__in", ["7"]).check("age__gt", 1)).await.expect("written");
    flag.override_for("user", [1, 2], "enabled").await.expect("written");
    flag.set_bucketer(Bucketer::consistent(["user", "tenant"]).percentage(50.0)).await.expect("written");
    let state = flag.as_feature().expect("a flag").state();
    let (exported, lost) = flypper::Flag::from_state("FLAG", &state, Timestamp::from_millis(0)).expect("exported");
    let parts = [
        "client data",
        "no overrides",
        "\"gt\"",
        "without the key",
        "needs to be in the percentage",
        "other buckets",
        "has one key",
    ];
    assert_eq!(lost.len(), parts.len(), "{lost:#?}");
    for (lost, part) in lost.iter().zip(parts) {
        assert!(lost.contains(part), "{lost} has no {part}");
    }
    assert!(!exported.is_enabled(), "a percentage that cannot be expressed enables the flag for no one");
}
