//! Tests of imports from Flipper and Flypper: what is wrong is refused as a whole, and what was imported is found again.

use feats::flags::{Condition, Event, ImportDecisionKind, ImportOutcome, flipper, flypper};
use feats::model::Declaration;
use feats::store::Memory;
use feats::{App, Error, ErrorKind, attributes};
use serde_json::{Value as Json, json};

use super::fixture::{app_on, append, flags, refused, versions};

const CREATED: i64 = 1_514_764_800;

/// Returns an item with this metadata.
fn item_of(name: &str, meta: Json) -> feats::Result<flipper::Item> {
    flipper::Item::from_json(&json!({ "feature_name": name, "is_enabled": true, "meta": meta }).to_string())
}

fn item(meta: Json) -> flipper::Item {
    item_of("FLAG", meta).expect("an item")
}

/// Returns an item with a share of users.
fn percentage(value: f64) -> flipper::Item {
    item(json!({ "created_date": CREATED, "bucketer": { "type": "ConsistentHashPercentageBucketer",
        "key_whitelist": ["user_id"], "percentage": { "type": "Percentage", "value": value } } }))
}

fn flag(changes: Json) -> flypper::Flag {
    let mut flag = json!({ "name": "FLAG", "deleted": false, "enabled": true, "enabled_for_actors": null,
        "enabled_for_percentage_of_actors": null, "updated_at": 1.5, "version": 3 });
    for (key, value) in changes.as_object().expect("changes") {
        flag[key] = value.clone();
    }
    flypper::Flag::from_json(&flag.to_string()).expect("a flag")
}

fn problems(error: &Error) -> Vec<String> {
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
    error.problems().iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn data_of_an_older_client_has_defaults_and_that_of_a_newer_one_is_read_without_what_is_new() {
    let flags = flags().await;
    for (name, meta) in [
        ("old", json!({ "created_date": 1 })),
        ("before bucketers", json!({ "created_date": 1, "client_data": { "a": 1 }, "conditions": [] })),
        ("empty list", json!({ "created_date": 1, "client_data": [], "conditions": null, "bucketer": null })),
        ("new", json!({ "created_date": 1, "owner": "ada", "bucketer": { "type": "NoOpBucketer", "salt": 1 } })),
    ] {
        let report = flags.import(item_of(name, meta).expect(name)).await.expect(name);
        assert_eq!((report.flag(), report.outcome(), report.share()), (name, ImportOutcome::Created, None));
        assert!(flags.is_enabled(name, &attributes! {}) && report.decisions().is_empty());
    }
    let meta = flags.get("before bucketers").meta();
    assert_eq!((meta.created_at().as_millis(), meta.created_by()), (1_000, "ada"));
    assert_eq!(flags.get("before bucketers").client_data(), json!({ "a": 1 }));
}

#[test]
fn everything_that_flipper_does_not_know_either_is_a_problem_with_its_path() {
    let text = json!({ "feature_name": 1, "is_enabled": "yes", "meta": {
        "client_data": [1],
        "conditions": [
            1,
            { "a": { "operator": null } },
            { "b": [{ "variable": "b", "value": 1, "operator": "get" }, { "variable": "b", "operator": 1 }] },
        ],
        "bucketer": { "type": "ConsistentHashPercentageBuketer" },
    } });
    let error = flipper::Item::from_json(&text.to_string()).expect_err("wrong");
    assert_eq!(
        problems(&error),
        [
            "feature_name: this must be a string, not a number",
            "is_enabled: this must be true or false, not a string",
            "meta.created_date: this field is required",
            "meta.client_data: this must be an object, not a list",
            "meta.conditions[0]: a condition must be an object, not a number",
            "meta.conditions[1].a: this must be a list of checks, not an object",
            "meta.conditions[2].b[1].value: this field is required",
            "meta.conditions[2].b[1].operator: this must be a string or null, not a number",
            "meta.conditions[2].b[0].operator: Flipper has no operator \"get\"; did you mean \"gt\"?",
            "meta.bucketer.type: unknown bucketer \"ConsistentHashPercentageBuketer\"; did you mean \"ConsistentHashPercentageBucketer\"?",
        ]
    );
    let bucketer = |percentage: Json| {
        let bucketer = json!({ "type": "PercentageBucketer", "percentage": percentage });
        item_of("FLAG", json!({ "created_date": 1, "bucketer": bucketer })).map_err(|error| problems(&error))
    };
    for (percentage, expected) in [
        (json!({}), "meta.bucketer.percentage.type: this field is required"),
        (
            json!({ "type": "Percentige" }),
            "meta.bucketer.percentage.type: unknown percentage \"Percentige\"; did you mean \"Percentage\"?",
        ),
        (json!({ "type": "Percentage" }), "meta.bucketer.percentage.value: this field is required"),
        (
            json!({ "type": "Percentage", "value": null }),
            "meta.bucketer.percentage.value: this must be a number, not null",
        ),
        (
            json!({ "type": "LinearRampPercentage", "ramp_duration": "1h" }),
            "meta.bucketer.percentage.ramp_duration: this must be a number, not a string",
        ),
    ] {
        assert_eq!(bucketer(percentage).expect_err(expected), [expected]);
    }
}

#[test]
fn what_is_not_a_flag_is_a_problem() {
    for text in ["", "hello", "[]", "null", "\"FLAG\"", "{", "{}", "{\"feature_name\": NaN}", "\u{0}", "3"] {
        assert!(!problems(&flipper::Item::from_json(text).expect_err(text)).is_empty());
        assert!(!problems(&flypper::Flag::from_json(text).expect_err(text)).is_empty());
    }
    let error = flypper::Flag::from_json("{}").expect_err("no keys");
    let paths: Vec<&str> = error.problems().iter().map(feats::Problem::path).collect();
    let expected = [
        "name",
        "deleted",
        "enabled",
        "enabled_for_actors",
        "enabled_for_percentage_of_actors",
        "updated_at",
        "version",
    ];
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn everything_that_feats_cannot_express_is_listed_at_once_and_nothing_is_written() {
    let flags = flags().await;
    let keys: Vec<String> = (0..17).map(|key| format!("key{key}")).collect();
    let check = |variable: &str, operator: Json, value: Json| json!({ "variable": variable, "operator": operator, "value": value });
    let conditions = json!([
        { "x": [check("a", json!(null), json!(null)), check("b", json!("gt"), json!({ "c": 1 })), check("c", json!("ne"), json!([1]))] },
        { "x": [check("d", json!("in"), json!("substring")), check("e", json!("not_in"), json!(7))] },
        { "x": [check("f\n", json!(null), json!(1)), check("", json!("lt"), json!(2))] },
    ]);
    let meta = json!({
        "created_date": 1e30, "client_data": { "text": "x".repeat(70_000) }, "conditions": conditions,
        "bucketer": { "type": "ConsistentHashPercentageBucketer", "key_whitelist": keys },
    });
    let item = item_of("bad\nname", meta).expect("Flipper reads it");
    let flag = flags.get("bad\nname");
    let import = flags.import(item.clone()).bucket_after_conditions();
    let error = refused(&flag, import).await;
    let paths: Vec<&str> = error.problems().iter().map(feats::Problem::path).collect();
    assert_eq!(
        paths,
        [
            "feature_name",
            "meta.created_date",
            "meta.client_data",
            "meta.conditions[0].a[0].value",
            "meta.conditions[0].b[0].value",
            "meta.conditions[0].c[0].value",
            "meta.conditions[1].d[0].value",
            "meta.conditions[1].e[0].value",
            "meta.conditions[2][\"f\\n\"]",
            "meta.conditions[2][\"\"]",
            "meta.bucketer.key_whitelist",
        ]
    );
    assert!(flags.import(item).preview().await.is_err());
    assert!(flags.list().names().is_empty());
}

#[tokio::test]
async fn several_operators_on_one_name_all_hold_and_of_two_equal_ones_the_last() {
    let flags = flags().await;
    let check = |operator: Json, value: i64| json!({ "variable": "age", "operator": operator, "value": value });
    let checks = json!([{ "age": [check(json!("gte"), 18), check(json!("lt"), 30), check(json!("gte"), 21)] }]);
    let item = item(json!({ "created_date": 1, "conditions": checks }));
    let report = flags.import(item).await.expect("imported");
    let decisions: Vec<_> = report.decisions().iter().map(|decision| (decision.kind(), decision.message())).collect();
    assert_eq!(
        decisions,
        [(
            ImportDecisionKind::CheckDropped,
            "meta.conditions[0].age[0]: left out, as in Flipper: a later check has the same variable and operator"
        )]
    );
    let is_enabled = |age: i64| flags.is_enabled("FLAG", &attributes! { "age" => age });
    assert_eq!([18, 20, 21, 29, 30].map(is_enabled), [false, false, true, true, false]);
}

#[tokio::test]
async fn members_that_nothing_equals_are_left_out_of_a_list() {
    let flags = flags().await;
    let check = json!({ "variable": "id", "operator": "in", "value": [1, null, "a", [2], { "b": 3 }, 1e3] });
    let report =
        flags.import(item(json!({ "created_date": 1, "conditions": [{ "id": [check] }] }))).await.expect("imported");
    assert_eq!(report.decisions()[0].kind(), ImportDecisionKind::MembersDropped);
    assert!(report.decisions()[0].message().contains("3 of 6 members"), "{:?}", report.decisions());
    let is_enabled = |id: feats::Value<'static>| flags.is_enabled("FLAG", &attributes! { "id" => id });
    assert!(is_enabled(1.into()) && is_enabled("a".into()) && is_enabled(1_000.into()) && !is_enabled(2.into()));
}

#[tokio::test]
async fn a_name_with_slashes_and_an_empty_list_of_keys_are_imported_as_they_are() {
    let flags = flags().await;
    let meta = json!({ "created_date": 1, "bucketer": { "type": "ConsistentHashPercentageBucketer", "key_whitelist": [],
        "percentage": { "type": "Percentage", "value": 0.5 } } });
    let name = "shop/checkout/../new ✓";
    flags.import(item_of(name, meta).expect("an item")).await.expect("imported");
    for user in 0..200 {
        let bucket = flipper::bucket(&[], &format!(r#"{{"user_id": {user}, "plan": "pro"}}"#)).expect("a bucket");
        let subject = attributes! { "plan" => "pro", "user_id" => user };
        assert_eq!(flags.is_enabled(name, &subject), bucket <= 50, "{user}");
    }
}

#[tokio::test]
async fn an_import_is_repeated_without_a_write_until_the_original_changes() {
    let flags = flags().await;
    let flag = flags.get("FLAG");
    assert_eq!(flags.import(percentage(0.5)).preview().await.expect("fine").outcome(), ImportOutcome::Created);
    assert!(!flag.exists());
    for outcome in [ImportOutcome::Created, ImportOutcome::Unchanged, ImportOutcome::Unchanged] {
        let report = flags.clone().author("grace").import(percentage(0.5)).await.expect("imported");
        assert_eq!((report.outcome(), report.share(), versions(&flag).await), (outcome, Some(51.0), 1));
    }
    let report = flags.import(percentage(0.7)).preview().await.expect("fine");
    assert_eq!((report.outcome(), report.share(), versions(&flag).await), (ImportOutcome::Updated, Some(71.0), 1));
    let before: Vec<bool> = (0..500).map(|id| flag.is_enabled(&attributes! { "user_id" => id })).collect();
    let report = flags.import(percentage(0.7)).await.expect("imported");
    assert_eq!((report.outcome(), versions(&flag).await), (ImportOutcome::Updated, 2));
    assert!((0..500).all(|id| !before[id] || flag.is_enabled(&attributes! { "user_id" => id })));
    let meta = flag.meta();
    assert_eq!(
        (meta.created_by(), meta.changed_by(), meta.created_at().as_millis()),
        ("grace", "ada", 1_000 * CREATED)
    );
}

#[tokio::test]
async fn a_flag_that_was_changed_here_is_only_replaced_on_request() {
    let flags = flags().await;
    let flag = flags.get("FLAG");
    flags.import(percentage(0.5)).await.expect("imported");
    flag.set_percentage(60.5).await.expect("grown");
    let error = flags.import(percentage(0.5)).await.expect_err("changed here");
    assert!(error.is_already_exists() && error.to_string().contains("changed here"), "{error}");
    assert!(flags.import(percentage(0.5)).preview().await.expect_err("changed here").is_already_exists());
    assert_eq!(versions(&flag).await, 2);
    let report = flags.import(percentage(0.5)).replace().await.expect("replaced");
    assert_eq!((report.outcome(), report.share(), versions(&flag).await), (ImportOutcome::Updated, Some(51.0), 3));

    flag.pin("disabled").await.expect("pinned");
    let report = flags.import(percentage(0.9)).replace().await.expect("replaced");
    assert_eq!(
        report.decisions().iter().map(|decision| decision.kind()).collect::<Vec<_>>(),
        [ImportDecisionKind::PinKept]
    );
    assert!(!flag.is_enabled(&attributes! { "user_id" => 1 }), "the pin stays");

    let native = flags.create("NATIVE").await.expect("created");
    let item = item_of("NATIVE", json!({ "created_date": 1 })).expect("an item");
    assert!(flags.import(item).await.expect_err("not imported").is_already_exists());
    assert_eq!(versions(&native).await, 1);
}

#[tokio::test]
async fn a_flag_of_another_system_is_not_taken_for_the_original() {
    let flags = flags().await;
    flags.import(item(json!({ "created_date": 1 }))).await.expect("imported");
    assert!(flags.import(flag(json!({}))).await.expect_err("from Flipper").is_already_exists());
}

#[tokio::test]
async fn a_destroyed_flag_is_created_by_an_import() {
    let flags = flags().await;
    flags.import(percentage(0.5)).await.expect("imported");
    flags.get("FLAG").destroy().await.expect("destroyed");
    let report = flags.import(percentage(0.5)).await.expect("imported");
    assert_eq!((report.outcome(), versions(&flags.get("FLAG")).await), (ImportOutcome::Created, 3));
}

#[tokio::test]
async fn a_name_that_code_declares_is_refused() {
    let app =
        App::builder().declare(Declaration::new("FLAG", ["acme", "premium"])).detached().start().await.expect("an app");
    for import in [app.flags().import(percentage(0.5)), app.flags().import(percentage(0.5)).replace()] {
        let error = import.await.expect_err("declared");
        assert!(error.is_already_exists() && error.to_string().contains("declares in code"), "{error}");
    }
    assert!(app.feature_named("FLAG").expect("a feature").history().await.expect("read").is_empty());
}

#[tokio::test]
async fn of_imports_at_once_one_writes() {
    let memory = Memory::new();
    let (one, other) = (app_on(memory.clone()).await, app_on(memory).await);
    for round in 0..20 {
        let item = || item_of(&format!("flag {round}"), json!({ "created_date": 1 })).expect("an item");
        let imports = (one.flags().import(item()).into_future(), other.flags().import(item()).into_future());
        let (one_report, other_report) = tokio::join!(imports.0, imports.1);
        let created = [&one_report, &other_report]
            .into_iter()
            .flatten()
            .filter(|report| report.outcome() == ImportOutcome::Created);
        assert_eq!(created.count(), 1);
        for error in [one_report.err(), other_report.err()].into_iter().flatten() {
            assert!(error.is_conflict(), "{error}");
        }
        one.refresh().await.expect("refreshed");
        assert_eq!(versions(&one.flags().get(format!("flag {round}"))).await, 1);
        assert_eq!(one.flags().import(item()).await.expect("imported").outcome(), ImportOutcome::Unchanged);
    }
}

#[tokio::test]
async fn an_import_is_a_conflict_if_another_program_writes_in_the_meantime() {
    let memory = Memory::new();
    let app = app_on(memory.clone()).await;
    let flags = app.flags();
    flags.import(percentage(0.5)).await.expect("imported");
    let theirs = json!({ "pinned": "disabled", "flag": { "enabled": true, "created_at": "2026-12-01T09:00:00Z", "created_by": "bob" } });
    flags.before(Event::Import, move |_| {
        let (memory, theirs) = (memory.clone(), theirs.clone());
        let write = async move { append(&memory, "FLAG", &theirs).await };
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        std::thread::spawn(move || runtime.block_on(write)).join().map_err(|_| "the other program failed".into())
    });
    let error = flags.import(percentage(0.7)).await.expect_err("a conflict");
    assert!(error.is_conflict(), "{error}");
    assert_eq!(versions(&flags.get("FLAG")).await, 2);
    assert!(!flags.is_enabled("FLAG", &attributes! { "user_id" => 1 }), "theirs decides");
}

#[tokio::test]
async fn listeners_observe_an_import_and_can_refuse_it() {
    let flags = flags().await;
    let id = flags.before(Event::Import, |change| Err(format!("{} {}", change.event(), change.comment()).into()));
    let error = flags.import(percentage(0.5)).await.expect_err("refused");
    assert!(error.to_string().contains("import Imported from Flipper"), "{error}");
    assert!(!flags.exists("FLAG"));
    flags.remove_listener(id);
    flags.import(percentage(0.5)).await.expect("imported");
}

#[tokio::test]
async fn a_random_bucketer_is_imported_with_four_decimals() {
    let flags = flags().await;
    for (name, value, share, is_rounded) in
        [("a", 0.1, 10.0, false), ("b", 0.123_456_78, 12.3457, true), ("c", -1.0, 0.0, false), ("d", 2.0, 100.0, false)]
    {
        let bucketer = json!({ "type": "PercentageBucketer", "percentage": { "type": "Percentage", "value": value } });
        let item = item_of(name, json!({ "created_date": 1, "bucketer": bucketer })).expect("an item");
        let report = flags.import(item.clone()).await.expect("imported");
        let decisions = report.decisions().iter().map(|decision| decision.kind());
        assert_eq!(report.share(), Some(share));
        assert_eq!(decisions.collect::<Vec<_>>(), vec![ImportDecisionKind::PercentageRounded; usize::from(is_rounded)]);
        assert_eq!(flags.import(item).await.expect("imported").outcome(), ImportOutcome::Unchanged);
    }
}

#[tokio::test]
async fn below_a_hundred_percent_flypper_needs_the_key() {
    let flags = flags().await;
    let percentage = |percentage: f64| {
        flag(json!({ "enabled_for_percentage_of_actors": { "actor_key": "user", "percentage": percentage } }))
    };
    for (value, share, without_key) in
        [(99.99, Some(100.0), false), (100.0, None, true), (150.0, Some(100.0), false), (0.0, Some(0.01), false)]
    {
        let report = flags.import(percentage(value)).await.expect("imported");
        assert_eq!(report.share(), share, "{value}");
        assert_eq!(flags.is_enabled("FLAG", &attributes! {}), without_key, "{value}");
        assert!(flags.is_enabled("FLAG", &attributes! { "user" => "6393" }), "{value}: the actor of bucket 0");
    }
    flags.import(percentage(99.99)).await.expect("imported");
    flags.get("FLAG").set_percentage(0.0).await.expect("shrunk");
    assert!(!flags.is_enabled("FLAG", &attributes! { "user" => "6393" }));
}

#[tokio::test]
async fn a_deleted_flag_of_flypper_is_archived() {
    let flags = flags().await;
    let actors = json!({ "actor_key": "user", "actor_ids": ["7"] });
    flags.import(flag(json!({ "deleted": true, "enabled_for_actors": actors }))).await.expect("imported");
    let imported = flags.get("FLAG");
    assert!(imported.meta().is_archived() && !imported.is_enabled(&attributes! { "user" => "7" }));
    imported.restore().await.expect("restored");
    assert!(imported.is_enabled(&attributes! { "user" => "7" }) && !imported.is_enabled(&attributes! {}));
    imported.clear_conditions().await.expect("cleared");
    imported.add_condition(Condition::new().check("user", "8")).await.expect("added");
    assert!(imported.is_enabled(&attributes! { "user" => "8" }));
}

#[tokio::test]
async fn what_exceeds_a_limit_is_a_problem_at_its_path_in_the_original() {
    let flags = flags().await;
    let check = |operator: Json, value: Json| json!({ "variable": "id", "operator": operator, "value": value });
    let numbers = |count: usize| (0..count).collect::<Json>();
    let checks = |count: usize| {
        let of_variable = |index: usize| {
            let name = format!("id{index}");
            (name.clone(), json!([{ "variable": name, "operator": null, "value": 1 }]))
        };
        Json::Object((0..count).map(of_variable).collect())
    };
    for (conditions, path) in [
        (vec![json!({ "id": [check(json!("in"), numbers(100_001))] })], "meta.conditions[0].id[0].value"),
        (vec![json!({ "id": [check(json!("in"), numbers(70_000))] }); 3], "meta.conditions"),
        (vec![json!({ "id": [check(json!(null), json!(1))] }); 1_001], "meta.conditions"),
        (vec![checks(1_001)], "meta.conditions[0]"),
        (vec![checks(999); 20], "meta.conditions"),
    ] {
        let refused = flags.import(item(json!({ "created_date": 1, "conditions": conditions }))).await.expect_err(path);
        assert_eq!(problems(&refused).len(), 1, "{refused}");
        assert_eq!(refused.problems()[0].path(), path, "{refused}");
    }
    let at_limits = [json!({ "id": [check(json!("in"), numbers(100_000))] }), checks(1_000)];
    flags.import(item(json!({ "created_date": 1, "conditions": at_limits }))).await.expect("within the limits");
    let actors = json!({ "actor_key": "user", "actor_ids": (0..100_001).map(|id| id.to_string()).collect::<Json>() });
    let refused = flags.import(flag(json!({ "enabled_for_actors": actors }))).await.expect_err("too many");
    assert_eq!(refused.problems()[0].path(), "enabled_for_actors.actor_ids");
}
