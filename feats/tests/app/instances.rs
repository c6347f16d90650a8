//! Tests of the catalogs and instances that programs share through their store.

use feats::App;
use feats::model::Declaration;
use feats::store::Memory;

async fn program(store: &Memory, version: &str, implementations: &[&'static str]) -> App {
    let declaration = Declaration::new("Payments", implementations.iter().copied());
    let app = App::builder().store(store.clone()).program("shop", version).declare(declaration);
    app.detached().start().await.expect("an app starts")
}

#[tokio::test]
async fn a_tool_sees_running_programs_but_is_not_an_instance_itself() {
    let store = Memory::new();
    let _shop = program(&store, "1.2.0", &["acme"]).await;
    let tool = App::builder().store(store).detached().start().await.expect("an app starts");
    let instances = tool.instances().await.expect("the store answers");
    assert_eq!(instances.iter().map(|instance| &*instance.catalog).collect::<Vec<_>>(), ["shop@1.2.0"]);
}

#[tokio::test]
async fn a_tool_uses_the_declaration_of_the_newest_program() {
    for (old, new) in [("", "0.1.0"), ("1.1.0", "1.2.0"), ("1.9.0", "1.10.0")] {
        let store = Memory::new();
        let _old = program(&store, old, &["acme"]).await;
        let _new = program(&store, new, &["acme", "premium"]).await;
        let tool = App::builder().store(store).detached().start().await.expect("an app starts");
        let payments = tool.feature_named("Payments").expect("declared");
        assert_eq!(payments.declaration().names().collect::<Vec<_>>(), ["acme", "premium"], "{old} and {new}");
    }
}

#[tokio::test]
async fn a_start_reports_all_invalid_names() {
    use feats::ErrorKind;
    use feats::model::Declaration;
    let app = App::builder().program("", "1\n2").environment("").attribute("", "x").attribute("Region", "eu");
    let app = app.declare(Declaration::new("Pay\u{7}", ["acme", ""])).declare(Declaration::new("Empty", [""; 0]));
    let error = app.detached().start().await.expect_err("no name is valid");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let paths: Vec<&str> = error.problems().iter().map(|problem| problem.path()).collect();
    let feature = "features.\"Pay\\u{7}\"";
    let implementations = format!("{feature}.implementations");
    let expected = ["program", "version", "environment", "attributes", feature, &implementations, "features.\"Empty\""];
    assert_eq!(paths, expected, "{error}");
    for program in ["", " \n", "x\u{200b}y", &"x".repeat(300)] {
        let error = App::builder().program(program, "1.0.0").detached().start().await.expect_err("not a name");
        assert_eq!(error.kind(), ErrorKind::Invalid, "{program:?}");
    }
}
