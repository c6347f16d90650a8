//! Flags on the pages of features: their variants, and the attributes that they use.

use feats::flags::{Bucketer, Condition};
use serde_json::json;

use crate::fixture::{TestConsole, between, console};

async fn with_flags() -> TestConsole {
    let console = console().await;
    let flags = console.app.flags().author("ada");
    let themes = [("light", json!("#fff")), ("dark", json!("#000"))];
    flags.create_variants("THEME", themes).enabled().await.expect("a flag");
    let search = flags.create("SEARCH").condition(Condition::new().check("age__gte", 18));
    search.bucketer(Bucketer::consistent(["user_id"]).percentage(50.0)).await.expect("a flag");
    console
}

#[tokio::test]
async fn the_kill_switch_offers_the_variants_of_a_flag() {
    let console = with_flags().await;
    let page = console.page("/feature?name=THEME").await;
    let select = between(&page, "<select id=\"pin-choice\"", "</select>");
    for variant in ["disabled", "light", "dark"] {
        assert!(select.contains(&format!("value=\"{variant}\"")), "{select}");
    }
    assert!(!select.contains("\"enabled\""), "{select}");
}

#[tokio::test]
async fn the_page_of_a_flag_lists_the_attributes_in_use_and_says_that_it_is_disabled() {
    let console = with_flags().await;
    let page = console.page("/feature?name=SEARCH").await;
    let attributes = between(&page, "Attributes in use", "</ul>");
    assert!(
        attributes.contains("age") && attributes.contains("integer") && attributes.contains("user_id"),
        "{attributes}"
    );
    assert!(page.contains("Everyone gets disabled."));
    console.app.flags().get("SEARCH").enable().await.expect("enabled");
    assert!(!console.page("/feature?name=SEARCH").await.contains("Everyone gets disabled."));
}

#[tokio::test]
async fn explain_has_a_field_for_each_attribute_in_use() {
    let console = with_flags().await;
    assert!(console.page("/explain?name=SEARCH&s.age=17").await.contains("The flag is disabled."));
    console.app.flags().get("SEARCH").enable().await.expect("enabled");
    let page = console.page("/explain?name=SEARCH&s.age=17").await;
    assert!(page.contains("name=\"s.age\"") && page.contains("name=\"s.user_id\""));
    assert!(between(&page, "<p class=\"gets\">", "</p>").ends_with("disabled"));
    let page = console.page("/explain?name=SEARCH&s.age=18").await;
    assert!(between(&page, "<p class=\"gets\">", "</p>").ends_with("enabled"));
}

#[tokio::test]
async fn an_editor_suggests_the_attributes_in_use_and_accepts_others() {
    let console = with_flags().await;
    let page = console.page("/feature?name=SEARCH").await;
    let names = between(&page, "<datalist id=\"attribute-names\">", "</datalist>");
    assert!(names.contains("\"age\"") && names.contains("\"user_id\""), "{names}");
    assert!(page.contains("<input id=\"o-attribute\""), "{page}");
}
