//! `feats flag list`.

use serde_json::json;

use crate::harness::{Shop, block_on, features};

#[test]
fn flags_are_listed_page_by_page_and_archived_flags_apart() {
    let shop = Shop::new();
    assert_eq!(shop.ok(&["flag", "list"]), "no flags yet; `feats flag create NAME` creates one\n");
    let app = shop.start_program("1.4.2", features());
    block_on(async {
        let flags = app.flags().author("grace");
        for name in ["b", "c", "a", "d"] {
            flags.create(name).await?;
        }
        flags.get("a").enable().await?;
        flags.get("d").archive().await
    })
    .expect("flags");
    let listed = shop.json(&["flag", "list"]);
    let names = |json: &serde_json::Value| -> Vec<_> {
        let flags = json["flags"].as_array().expect("flags");
        flags.iter().map(|flag| (flag["flag"].clone(), flag["enabled"].clone())).collect()
    };
    assert_eq!(names(&listed), [(json!("a"), json!(true)), (json!("b"), json!(false)), (json!("c"), json!(false))]);
    let page = shop.ok(&["flag", "list", "--limit", "1", "--offset", "1"]);
    assert!(page.contains("\nb") && !page.contains("\nc") && page.contains("\nflags 2 to 2 of 3\n"), "{page}");
    assert!(page.ends_with("archived: 1; `feats flag list --archived` lists them\n"), "{page}");
    assert!(shop.ok(&["flag", "list", "--offset", "3"]).starts_with("no more flags; there are 3\n"));
    assert_eq!(names(&shop.json(&["flag", "list", "--archived"])), [(json!("d"), json!(false))]);
    assert!(shop.ok(&["flag", "list", "--archived"]).contains("archived: everyone gets disabled"));
}
