//! Tests of values in states: further choices of a feature that no code declares.

use feats::model::{Declaration, SourceLocation, ValueKind};
use feats::store::Memory;
use feats::{App, ErrorKind, Reason, State, attributes};
use serde_json::json;

fn theme() -> Declaration {
    Declaration::new("Theme", ["system"]).segment("UserId", ValueKind::Integer)
}

async fn app(declaration: Declaration) -> App {
    App::builder().store(Memory::new()).declare(declaration).detached().start().await.expect("an app starts")
}

fn state(json: &serde_json::Value) -> State {
    State::from_json(json)
}

#[tokio::test]
async fn a_choice_is_a_position_among_the_choices_of_its_revision() {
    let app = app(theme()).await;
    let theme = app.feature_named("Theme").expect("declared");
    let publish = |json| theme.edit().replace(state(&json)).author("ada").publish();
    publish(json!({
        "values": { "light": { "color": "white" }, "dark": { "color": "black" } },
        "overrides": [{ "segment": "UserId", "values": [7], "use": "dark" }],
        "otherwise": { "static": "light" },
    }))
    .await
    .expect("published");
    let choice = |id: i64| theme.explain(&attributes! { "UserId" => id });
    assert_eq!((choice(7).value(), choice(7).reason()), ("dark".into(), Reason::UnitOverride));
    assert_eq!((choice(8).value(), choice(8).reason()), ("light".into(), Reason::Otherwise));
    assert_eq!(theme.trace(&attributes! { "UserId" => 8 }).choice, "light");
    assert_eq!(theme.find_implementation(&attributes! {}), "light");

    // Another value in front of the others changes their positions, but not the choices.
    publish(json!({
        "values": { "amber": null, "light": 1, "dark": [true] },
        "otherwise": { "rollout": { "by": "UserId", "weights": { "system": 50, "light": 50 } } },
    }))
    .await
    .expect("published");
    let choices: std::collections::BTreeSet<_> = (0..100).map(|id| choice(id).value().to_string()).collect();
    assert_eq!(choices.into_iter().collect::<Vec<_>>(), ["light", "system"]);
    assert_eq!(theme.state().values["dark"], json!([true]));

    theme.pin("amber").author("ada").publish().await.expect("pinned");
    assert_eq!(choice(1).value(), "amber");
    theme.unpin().author("ada").publish().await.expect("unpinned");
    theme.rollback_to(0).author("ada").publish().await.expect("rolled back");
    assert_eq!(choice(7).value(), "system");
}

#[tokio::test]
async fn invalid_values_are_rejected() {
    let app = app(theme()).await;
    let theme = app.feature_named("Theme").expect("declared");
    let refused = theme
        .edit()
        .replace(state(
            &json!({ "values": { "system": 1, "light": 2, "a\u{0}b": 3 }, "otherwise": { "static": "liht" } }),
        ))
        .publish()
        .await
        .expect_err("refused");
    let problems: Vec<String> = refused.problems().iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert_eq!(problems[0], "otherwise.static: unknown implementation \"liht\"; did you mean \"light\"?");
    assert_eq!(problems[1], r#"values["a\0b"]: a name can't contain control characters"#);
    assert_eq!(problems[2], "values.system: an implementation has this name");
    let refused = theme.edit().replace(state(&json!({ "values": ["light"] }))).publish().await.expect_err("refused");
    assert_eq!((refused.kind(), refused.problems()[0].path()), (ErrorKind::Invalid, "values"));
}

#[tokio::test]
async fn a_feature_that_code_declares_has_no_values() {
    let mut declared = theme();
    declared.location = Some(Box::new(SourceLocation {
        crate_name: "shop".into(),
        version: "1.0.0".into(),
        module: "shop".into(),
        file: "src/lib.rs".into(),
        line: 1,
    }));
    let app = app(declared).await;
    let theme = app.feature_named("Theme").expect("declared");
    let refused =
        theme.edit().replace(state(&json!({ "values": { "light": 1 } }))).publish().await.expect_err("refused");
    assert_eq!(refused.problems()[0].path(), "values");
}
