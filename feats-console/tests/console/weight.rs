//! The size of pages.

use feats::model::{Declaration, FeatureKind, ValueKind};
use serde_json::json;

use crate::fixture::console_with;

/// The largest total size of the first page view, in bytes.
const FIRST_VIEW: usize = 150 << 10;

#[tokio::test]
async fn the_first_view_is_light() {
    let name = |at: usize| format!("Feature{at:03}OfTheSpringSale");
    let declarations = (0..60).map(|at| {
        let mut feature = Declaration::new(&name(at), ["acme", "premium", "aperture"])
            .doc("Who charges the card.")
            .segment("Country", ValueKind::Text)
            .segment("UserId", ValueKind::Integer);
        feature.kind = Some(FeatureKind::Ops);
        feature.owner = Some("payments".into());
        feature
    });
    let console = console_with(declarations).await;
    for at in 0..60 {
        let country = json!({ "segment": "Country", "in": ["CA", "US"] });
        let canary = json!({ "rollout": { "by": "UserId", "weights": { "acme": 95, "aperture": 5 } } });
        let rules: Vec<_> =
            (0..30).map(|rule| json!({ "name": format!("rule {rule}"), "when": country, "select": canary })).collect();
        console.publish(&name(at), json!({ "rules": rules }), "ada", "It looked fine for a day").await;
    }
    let page = console.page("/features").await;
    let files: Vec<_> = page.split('"').filter(|part| part.ends_with(".css") || part.ends_with(".js")).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    let mut weight = console.weight("/features").await;
    for file in files {
        weight += console.weight(&format!("/{file}")).await;
    }
    assert!(weight <= FIRST_VIEW, "{weight} bytes");
}
