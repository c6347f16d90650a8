//! What programs tell each other through their store.

use feats::App;
use feats::model::Declaration;
use feats::store::Memory;

async fn program(store: &Memory, version: &str, implementations: &[&'static str]) -> App {
    let declaration = Declaration::new("Payments", implementations.iter().copied());
    let app = App::builder().store(store.clone()).program("shop", version).declare(declaration);
    app.detached().start().await.expect("an app starts")
}

#[tokio::test]
async fn running_programs_are_known_to_tools_which_are_none_themselves() {
    let store = Memory::new();
    let _shop = program(&store, "1.2.0", &["acme"]).await;
    let tool = App::builder().store(store).detached().start().await.expect("an app starts");
    let instances = tool.instances().await.expect("the store answers");
    assert_eq!(instances.iter().map(|running| &*running.catalog).collect::<Vec<_>>(), ["shop@1.2.0"]);
}

#[tokio::test]
async fn a_tool_knows_a_feature_as_the_newest_program_declares_it() {
    for (old, new) in [("", "0.1.0"), ("1.1.0", "1.2.0"), ("1.9.0", "1.10.0")] {
        let store = Memory::new();
        let _old = program(&store, old, &["acme"]).await;
        let _new = program(&store, new, &["acme", "premium"]).await;
        let tool = App::builder().store(store).detached().start().await.expect("an app starts");
        let payments = tool.feature_named("Payments").expect("declared");
        assert_eq!(payments.declaration().names().collect::<Vec<_>>(), ["acme", "premium"], "{old} and {new}");
    }
}
