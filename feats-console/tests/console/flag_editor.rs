//! The editor of a flag: its conditions, percentages, variants and overrides.

use axum::http::StatusCode;
use feats::flags::{Bucketer, Condition};
use feats::model::{BucketFunction, Rollout};
use feats::{App, State, attributes};
use serde_json::{Value as Json, json};

use crate::fixture::{TestConsole, between, console};
use crate::form::Form;

/// Creates an enabled flag, and opens its page.
async fn flag(console: &TestConsole) -> Form {
    console.app.flags().author("ada").create("SEARCH").enabled().await.expect("a flag");
    Form::open(console, "SEARCH").await
}

/// Replaces parts of the state of the flag.
async fn publish(console: &TestConsole, parts: &Json) {
    let feature = console.app.feature_named("SEARCH").expect("a flag");
    let mut state = feature.state().to_json();
    for (key, part) in parts.as_object().expect("parts") {
        state[key] = part.clone();
    }
    let state = State::from_json(&state);
    assert_eq!(state.problems(), []);
    feature.edit().replace(state).author("grace").publish().await.expect("published");
}

/// Publishes the draft of a form.
async fn send(console: &TestConsole, form: &Form) -> (StatusCode, String) {
    let fields = [("name", "SEARCH"), ("base", form.get("base")[0]), ("what", "edit"), ("draft", form.draft())];
    let answer = console.post("/publish", &fields).await;
    (answer.status, answer.body)
}

fn gate(form: &Form) -> Json {
    form.state()["rules"][0]["select"]["gate"].clone()
}

/// Types a condition into a row.
fn condition(form: Form, row: usize, [name, operator, value]: [&str; 3]) -> Form {
    let field = |field: &str| format!("r.c{row}.{field}");
    form.set(&field("name"), name).set(&field("op"), operator).set(&field("v"), value)
}

#[tokio::test]
async fn conditions_are_added_and_decide() {
    let console = console().await;
    let form = flag(&console).await.step("conditions+").await;
    assert_eq!((form.errors(), form.focus()), (vec![], Some("c0-source")), "nothing was typed yet");
    let form = condition(form, 0, ["age", "gte", "18"]).step("check+").await;
    let form = condition(form, 1, ["plan", "in", "pro\nteam"]).step("close").await;
    assert_eq!(form.errors(), [""; 0]);
    let expected = json!([
        { "all": [{ "segment": "age", "gte": 18 }] }, { "all": [{ "segment": "plan", "in": ["pro", "team"] }] }]);
    assert_eq!(gate(&form)["conditions"], expected);
    assert_eq!((&gate(&form)["pass"], &gate(&form)["fail"]), (&json!("enabled"), &json!("disabled")));
    assert_eq!(send(&console, &form).await.0, StatusCode::SEE_OTHER);
    let flag = console.app.flags().get("SEARCH");
    assert!(flag.is_enabled(&attributes! { "age" => 18, "plan" => "pro" }));
    assert!(!flag.is_enabled(&attributes! { "age" => 17, "plan" => "pro" }));
    // A program adds to the same conditions.
    flag.add_condition(Condition::new().check("beta", true)).await.expect("written");
    assert_eq!(console.app.feature_named("SEARCH").expect("a flag").state().rules.len(), 1);
}

#[tokio::test]
async fn an_empty_condition_is_an_error_of_its_field() {
    let console = console().await;
    let form = flag(&console).await.step("conditions+").await.step("close").await;
    assert_eq!(form.errors(), ["Enter the name of an attribute"]);
    assert_eq!(form.focus(), Some("c0-source"));
    let named = condition(form, 0, ["age", "gte", ""]).step("close").await;
    assert_eq!((named.errors(), named.focus()), (vec!["Enter a value".to_owned()], Some("c0-v")));
    let wrong = condition(named, 0, ["age", "gte", "old"]).set("r.c0.type", "number").step("").await;
    assert_eq!(wrong.errors(), ["“old” is not a number"]);
    let removed = wrong.step("check-:0").await;
    assert_eq!((removed.errors(), removed.focus()), (vec![], Some("conditions-add")));
    assert_eq!(removed.state()["rules"], json!([]), "the rule of the last condition is removed with it");
}

/// Text, numbers and bools are never equal to each other, so the type is part of the form.
#[tokio::test]
async fn the_type_of_a_value_follows_what_is_typed_until_it_is_chosen() {
    let console = console().await;
    let form = flag(&console).await.step("conditions+").await;
    for (text, value_type, expected) in [
        ("6", "number", json!(6)),
        ("6.50", "number", json!(6.5)),
        ("true", "bool", json!(true)),
        ("six", "text", json!("six")),
    ] {
        let typed = condition(form.clone(), 0, ["horses", "eq", text]).step("").await;
        assert_eq!(gate(&typed)["conditions"][0]["all"][0]["eq"], expected);
        assert_eq!(typed.get("r.c0.type"), [value_type]);
    }
    let number = condition(form, 0, ["horses", "eq", "6"]).step("").await;
    let text = number.set("r.c0.type", "text").step("").await;
    assert_eq!(gate(&text)["conditions"][0]["all"][0]["eq"], json!("6"));
    let mixed = text.set("r.c0.op", "in").set("r.c0.type", "json").set("r.c0.v", "\"6\"\n6\ntrue").step("").await;
    assert_eq!(gate(&mixed)["conditions"][0]["all"][0]["in"], json!(["6", 6, true]));
    // Another condition on the attribute has the type that is known.
    let one = mixed.set("r.c0.type", "text").set("r.c0.v", "a").step("").await.step("check+").await;
    let again = condition(one, 1, ["horses", "ne", "7"]).step("").await;
    assert_eq!(gate(&again)["conditions"][1]["all"][0]["ne"], json!("7"));
}

#[tokio::test]
async fn missing_attributes_and_what_is_served_are_edited() {
    let console = console().await;
    let form = flag(&console).await.step("conditions+").await;
    let form = condition(form, 0, ["user", "in", "42"]).set("r.missing", "fail").set("r.pass", "").step("close").await;
    let expected = json!({ "conditions": [{ "all": [{ "segment": "user", "in": [42] }] }], "missing": "fail", "fail": "disabled" });
    assert_eq!(gate(&form), expected);
    let again = form.step("open:0").await.set("r.missing", "skip").set("r.pass", "enabled").step("close").await;
    assert_eq!((gate(&again).get("missing"), &gate(&again)["pass"]), (None, &json!("enabled")));
}

/// Checks of every operator with values of every type, in groups of every kind.
fn checks() -> Vec<Json> {
    let values =
        json!(["a", "6", "true", "", " a", "a\nb", "\"", 0, 6, -7, 1.0, 2.5, -0.0, 1e300, u64::MAX, true, false]);
    let mut checks = Vec::new();
    for value in values.as_array().expect("a list") {
        for operator in ["eq", "ne", "gt", "gte", "lt", "lte"] {
            checks.push(json!({ "segment": "a", operator: value }));
        }
        checks.push(json!({ "segment": "trail ", "in": [value] }));
    }
    checks.push(json!({ "segment": "a", "in": values }));
    checks.push(json!({ "segment": "b", "not_in": [] }));
    for (operator, text) in [
        ("starts_with", " a"),
        ("ends_with", ""),
        ("contains", "a b"),
        ("matches", "^a$"),
        ("semver", ">=1.2, <2"),
        ("before", "2026-12-01T09:00:00Z"),
        ("after", "2026-12-01t09:00:00z"),
    ] {
        checks.push(json!({ "segment": "c", operator: text }));
    }
    checks.push(json!({ "attribute": "Environment", "eq": "dev" }));
    checks.push(json!({ "not": { "segment": "a", "eq": 1 } }));
    checks.push(json!({ "any": [{ "segment": "a", "eq": 1 }, { "segment": "a", "eq": "1" }] }));
    checks
}

/// The form shows every state as it is: opening and closing each part leaves the draft byte for byte.
#[tokio::test]
async fn an_unedited_flag_stays_byte_for_byte() {
    let gate = |conditions: Json, more: Json| {
        let mut gate = json!({ "conditions": conditions, "fail": "disabled" });
        for (key, value) in more.as_object().expect("fields") {
            gate[key] = value.clone();
        }
        json!([{ "name": "conditions", "select": { "gate": gate } }])
    };
    let (all, checks) = (checks(), |range: std::ops::Range<usize>| checks()[range].to_vec());
    let rollout = |rollout: Json| json!({ "rollout": rollout });
    let weights = json!({ "enabled": 12.5, "disabled": 87.5 });
    let buckets = json!({ "function": "flipper", "buckets": 100 });
    let mut states = vec![
        json!({ "rules": gate(json!(all), json!({ "pass": "enabled" })) }),
        json!({ "rules": gate(json!([{ "all": checks(0..3) }, { "all": [] }, { "all": [{ "all": checks(3..5) }] }, checks(5..6)[0]]), json!({ "missing": "fail" })) }),
        json!({ "rules": [{ "name": "other", "when": { "any": checks(0..9) }, "select": { "gate": { "conditions": [], "fail": "enabled" } } }] }),
    ];
    for by in
        [json!("user"), json!(["user"]), json!(["tenant", " user"]), json!([]), json!("random"), json!(["random"])]
    {
        states.push(json!({ "otherwise": rollout(json!({ "by": by, "weights": weights })) }));
    }
    for by in [json!("user"), json!(["user", "tenant"]), json!([])] {
        let ramp = json!({ "start": "2026-12-01T09:00:00.000Z", "duration": "72h", "from": { "enabled": 1 , "disabled": 99 }, "step": 10_000 });
        states.push(json!({ "otherwise": rollout(json!({ "by": by, "bucketing": buckets, "weights": { "enabled": 51, "disabled": 49 }, "ramp": ramp })) }));
    }
    let rules: Vec<Json> = all.iter().enumerate().map(|(index, check)| {
        json!({ "name": format!("rule {index}"), "when": check, "select": { "static": "enabled" } })
    }).collect();
    for rules in rules.chunks(40) {
        states.push(json!({ "rules": rules }));
    }
    states.push(json!({ "values": { "light": { "b": 1.0, "a": [null, "ü"] }, "dark": "x" }, "otherwise": { "static": "dark" } }));
    for parts in states {
        let app = App::builder().attribute("Environment", "dev").detached().start().await.expect("an app starts");
        let console = TestConsole::new(app);
        flag(&console).await;
        publish(&console, &parts).await;
        let mut form = Form::open(&console, "SEARCH").await;
        let live = form.draft().to_owned();
        let rules = form.state()["rules"].as_array().map_or(0, Vec::len);
        let places = (0..rules).map(|index| index.to_string()).chain(["otherwise".to_owned()]);
        for place in places {
            form = form.step(&format!("open:{place}")).await.step("").await;
            assert_eq!((form.draft(), form.errors()), (live.as_str(), vec![]), "{place} opened");
            form = form.step("close").await;
            assert_eq!(form.draft(), live, "{place} closed");
        }
        for name in
            form.state()["values"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect::<Vec<_>>()
        {
            form = form.step(&format!("variant:{name}")).await.step("variant=").await;
            assert_eq!(form.draft(), live, "{name} set");
        }
    }
}

/// An edit of one condition leaves the groups of the others as they are.
#[tokio::test]
async fn an_edited_condition_leaves_the_others_unchanged() {
    let console = console().await;
    flag(&console).await;
    let group = json!({ "all": [{ "segment": "age", "gte": 18 }, { "segment": "plan", "eq": "pro" }] });
    let any = json!({ "any": [{ "segment": "a", "eq": 1 }, { "segment": "b", "eq": 1.0 }] });
    let conditions = json!([group, { "segment": "beta", "eq": true }, any]);
    let rules =
        json!([{ "name": "conditions", "select": { "gate": { "conditions": conditions, "fail": "disabled" } } }]);
    publish(&console, &json!({ "rules": rules })).await;
    let form = Form::open(&console, "SEARCH").await.step("open:0").await;
    let form = form.set("r.c2.v", "false").step("close").await;
    let expected = json!([group, { "all": [{ "segment": "beta", "eq": false }] }, any]);
    assert_eq!(gate(&form)["conditions"].to_string(), expected.to_string());
}

fn otherwise(form: &Form) -> Json {
    form.state()["otherwise"].clone()
}

#[tokio::test]
async fn a_flag_is_split_by_attributes_by_all_or_at_random() {
    let console = console().await;
    let form = flag(&console).await.step("open:otherwise").await.set("r.kind", "rollout").step("").await;
    assert_eq!(form.errors(), [""; 0], "nothing was typed yet");
    assert_eq!(form.clone().step("close").await.errors(), ["Enter the name of an attribute"]);
    let one = form.set("r.attribute", "user_id").set("r.w.enabled", "5").step("").await;
    assert_eq!(otherwise(&one)["rollout"]["by"], "user_id");
    assert_eq!(otherwise(&one)["rollout"]["weights"], json!({ "enabled": 5, "disabled": 95 }));
    let two = one.clone().add("r.attribute", " tenant ").step("unit+").await;
    assert_eq!((&otherwise(&two)["rollout"]["by"], two.focus()), (&json!(["user_id", "tenant"]), Some("unit-2")));
    let all = two.clone().set("r.units", "all").step("").await;
    assert_eq!(otherwise(&all)["rollout"]["by"], json!([]));
    let random = all.set("r.units", "random").step("close").await;
    assert_eq!(otherwise(&random)["rollout"]["by"], "random");
    let experiment = two.set("r.kind", "experiment").step("").await;
    assert_eq!(experiment.errors(), ["An experiment needs a single attribute to split by"]);
    assert_eq!(send(&console, &one).await.0, StatusCode::SEE_OTHER);
    let enabled =
        (0..10_000).filter(|id| console.app.flags().is_enabled("SEARCH", &attributes! { "user_id" => *id })).count();
    assert!((400..600).contains(&enabled), "{enabled}");
}

#[tokio::test]
async fn a_ramp_has_a_start_and_an_end() {
    let console = console().await;
    let form = flag(&console).await.step("open:otherwise").await.set("r.kind", "rollout").step("").await;
    let form = form.set("r.attribute", "user_id").set("r.w.enabled", "80").set("r.ramp", "on").step("").await;
    let typed =
        form.set("r.f.enabled", "20").set("r.start", "2026-12-01T09:00:00Z").set("r.duration", "30m").step("").await;
    assert_eq!(typed.errors(), [""; 0]);
    let expected =
        json!({ "start": "2026-12-01T09:00:00Z", "duration": "30m", "from": { "enabled": 20, "disabled": 80 } });
    assert_eq!(otherwise(&typed)["rollout"]["ramp"], expected);
    assert_eq!(typed.get("r.f.disabled"), ["80"], "the remainder");
    let wrong = typed.clone().set("r.f.enabled", "many").step("close").await;
    assert_eq!((wrong.errors().len(), wrong.focus()), (1, Some("f1")));
    let current = typed.set("r.f.enabled", "").step("").await;
    assert_eq!(otherwise(&current)["rollout"]["ramp"].get("from"), None, "it starts from the current shares");
}

#[tokio::test]
async fn the_buckets_of_another_system_stay_while_the_attributes_do() {
    let console = console().await;
    flag(&console).await;
    let mut rollout = Rollout::new("user_id", [("enabled", 51.0), ("disabled", 49.0)]);
    rollout.bucketing = Some(BucketFunction::Flipper.into());
    publish(&console, &json!({ "otherwise": { "rollout": rollout } })).await;
    let form = Form::open(&console, "SEARCH").await;
    assert!(
        form.page.contains("in Flipper&#39;s 100 buckets") || form.page.contains("in Flipper's 100 buckets"),
        "{}",
        form.page
    );
    let form = form.step("open:otherwise").await;
    assert!(form.page.contains("Users keep Flipper's 100 buckets."), "{}", form.page);
    let more = form.clone().set("r.w.enabled", "60").step("").await;
    let bucketing = json!({ "function": "flipper", "buckets": 100 });
    assert_eq!(otherwise(&more)["rollout"]["bucketing"], bucketing);
    assert!(!more.page.contains("Reassign everyone"), "{}", more.page);

    let other = form.set("r.attribute", "tenant").step("").await;
    assert_eq!(otherwise(&other)["rollout"].get("bucketing"), None);
    assert!(other.page.contains("leaves Flipper's 100 buckets"), "{}", other.page);
    assert!(other.page.contains("name=\"allow_reshuffle\""), "{}", other.page);
    assert_eq!(send(&console, &other).await.0, StatusCode::CONFLICT, "everyone is reassigned only with a confirmation");
    let back = other.set("r.attribute", "user_id").step("close").await;
    assert_eq!(otherwise(&back)["rollout"]["bucketing"], bucketing, "the form remembers them");
}

#[tokio::test]
async fn variants_are_added_renamed_and_removed() {
    let console = console().await;
    let form = flag(&console).await;
    let wrong = form.set("v.name", "light").set("v.json", "{\"color\": }").step("variant=").await;
    assert!(
        wrong.errors().iter().any(|error| error.starts_with("not JSON: ") && error.contains("line 1")),
        "{}",
        wrong.page
    );
    assert_eq!((wrong.get("v.name"), wrong.focus()), (vec!["light"], Some("v-json")), "what was typed is kept");
    let light = wrong.set("v.json", "{\"color\": \"white\"}").step("variant=").await;
    assert_eq!(light.state()["values"], json!({ "light": { "color": "white" } }));
    assert_eq!(otherwise(&light), json!({ "static": "light" }), "the first one takes the place of enabled");
    let two = light.set("v.name", "dark").set("v.json", "2").step("variant=").await;
    let split = two.step("open:otherwise").await.set("r.kind", "rollout").set("r.suggested", "yes").step("").await;
    let split = split.set("r.attribute", "user_id").set("r.w.dark", "10").step("close").await;
    assert_eq!(otherwise(&split)["rollout"]["weights"], json!({ "dark": 10, "light": 90 }));
    let renamed = split.step("variant:dark").await.set("v.name", "night").step("variant=").await;
    assert_eq!(otherwise(&renamed)["rollout"]["weights"], json!({ "light": 90, "night": 10 }));
    let served = renamed.step("variant-:night").await;
    assert!(served.page.contains("night is still served by everyone else. Change that first."), "{}", served.page);
    let unused = served.set("v.name", "blue").set("v.json", "3").step("variant=").await.step("variant-:blue").await;
    assert_eq!(unused.state()["values"], json!({ "light": { "color": "white" }, "night": 2 }));
    assert_eq!(send(&console, &unused).await.0, StatusCode::SEE_OTHER);
    assert!(console.app.flags().value("SEARCH", &attributes! { "user_id" => 1 }).is_some());
}

#[tokio::test]
async fn an_override_of_a_flag_has_the_type_that_is_typed() {
    let console = console().await;
    let form = flag(&console).await.set("o.attribute", "user_id").set("o.value", "42").set("o.use", "disabled");
    let number = form.clone().step("override+").await;
    assert_eq!(number.state()["overrides"], json!([{ "segment": "user_id", "values": [42], "use": "disabled" }]));
    let text = form.clone().set("o.type", "text").step("override+").await;
    assert_eq!(text.state()["overrides"][0]["values"], json!(["42"]));
    let wrong = form.set("o.type", "bool").step("override+").await;
    assert!(wrong.page.contains("Override: “42” is neither true nor false."), "{}", wrong.page);
}

#[tokio::test]
async fn conditions_that_two_people_add_are_both_kept() {
    let console = console().await;
    flag(&console).await;
    let flags = console.app.flags().author("grace");
    flags.get("SEARCH").add_condition(Condition::new().check("admin", true)).await.expect("written");
    let form = Form::open(&console, "SEARCH").await.step("open:0").await.step("check+").await;
    let form = condition(form, 1, ["age", "gte", "18"]).step("close").await;
    flags.get("SEARCH").add_condition(Condition::new().check("plan", "pro")).await.expect("written");
    let (status, page) = send(&console, &form).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("Another version was published"), "{page}");
    let merged = form.step("merge").await;
    let conditions = gate(&merged)["conditions"].to_string();
    for attribute in ["admin", "age", "plan"] {
        assert_eq!(conditions.matches(&format!("\"segment\":\"{attribute}\"")).count(), 1, "{conditions}");
    }
    assert!(!merged.page.contains("Both of you changed"), "{}", merged.page);
    assert_eq!(send(&console, &merged).await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_kill_switch_of_a_flag_offers_the_live_variants_whatever_the_draft_has() {
    let console = console().await;
    let form = flag(&console).await.set("v.name", "light").set("v.json", "1").step("variant=").await;
    let select = between(&form.page, "<select id=\"pin-choice\"", "</select>");
    assert!(select.contains("\"enabled\"") && !select.contains("\"light\""), "{select}");
}

#[tokio::test]
async fn the_page_describes_what_a_ramp_and_conditions_do() {
    let console = console().await;
    let flags = console.app.flags().author("ada");
    let search = flags.create("SEARCH").enabled().condition(Condition::new().check("age__gte", 18));
    search.bucketer(Bucketer::consistent(["user_id"]).percentage(50.0)).await.expect("a flag");
    let page = console.page("/feature?name=SEARCH").await;
    assert!(!page.contains("Everyone not matched above: check"), "{page}");
    assert!(page.contains("Check that <b class=\"seg\">age</b> is at least"), "{page}");
}
