//! The experiments that run.

use axum::http::StatusCode;
use feats::model::{Declaration, ValueKind};
use feats::store::{Memory, Store};
use serde_json::{Value as Json, json};

use crate::fixture::{Console, MARKUP, between, console, console_on, console_with, payments, secret};

fn experiment(weights: &Json) -> Json {
    json!({ "experiment": { "by": "UserId", "seed": "e1", "share": 20, "weights": weights } })
}

fn in_a_rule(name: &str, weights: &Json) -> Json {
    json!({ "rules": [{ "name": name, "select": experiment(weights) }] })
}

/// A console of whose experiment units used arms, in two divisions.
async fn used(counts: &[(&str, i64)]) -> Console {
    let store = Memory::new();
    let console = console_on(store.clone(), [payments(), secret()]).await;
    for weights in [json!({ "acme": 50, "premium": 50 }), json!({ "acme": 90, "premium": 10 })] {
        console.publish("Payments", in_a_rule("Is premium worth it?", &weights), "ada", "").await;
    }
    let counts: Vec<_> = counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    store.add_counts("exposures", "e1", &counts, None).await.expect("counted");
    console
}

/// The cells of the rows of a table of arms, as plain text.
fn arms(page: &str) -> Vec<String> {
    let body = between(between(page, "<table class=\"arms\">", "</table>"), "<tbody>", "</tbody>");
    let rows = body.split("<tr>").skip(1);
    rows.map(|row| {
        let cells = row.split("</td>").filter_map(|cell| cell.rsplit('>').next());
        cells.filter(|cell| !cell.trim().is_empty()).collect::<Vec<_>>().join(" | ")
    })
    .collect()
}

const FAIR: [(&str, i64); 4] = [("1/acme", 500), ("1/premium", 500), ("2/acme", 900), ("2/premium", 100)];

#[tokio::test]
async fn arms_are_told_with_weights_units_and_shares() {
    let page = used(&FAIR).await.page("/experiments").await;
    assert_eq!(arms(&page), ["acme | 90 % | 1400 | 70.00 %", "premium | 10 % | 600 | 30.00 %"]);
    assert!(page.contains("20 % of the units enter.") && page.contains("<b class=\"num\">2000</b>"), "{page}");
    assert!(page.contains("Is premium worth it?") && page.contains("it deals since revision"), "{page}");
    assert!(between(&page, "<p class=\"verdict\">", "</p>").contains("as the weights promise"), "{page}");
}

#[tokio::test]
async fn a_feature_s_experiment_is_told_division_by_division() {
    let page = used(&FAIR).await.page("/experiments?name=Payments").await;
    let divisions: Vec<&str> = between(&page, "<ol class=\"divisions\">", "</ol>").split("<li>").skip(1).collect();
    assert_eq!(divisions.len(), 2);
    assert!(divisions[0].contains("<b class=\"num\">1000</b> units"), "{}", divisions[0]);
    assert_eq!(divisions[0].matches("aria-label=\"acme 50 %, premium 50 %\"").count(), 2, "weights and units");
    assert_eq!(divisions[1].matches("aria-label=\"acme 90 %, premium 10 %\"").count(), 2, "weights and units");
    assert!(page.contains("p = 1.00"), "{page}");
}

#[tokio::test]
async fn units_that_weights_do_not_promise_are_an_alarm() {
    let console = used(&[("1/acme", 600), ("1/premium", 400)]).await;
    for page in [console.page("/experiments").await, console.page("/experiments?name=Payments").await] {
        let verdict = between(&page, "<p class=\"verdict\">", "</p>");
        assert!(verdict.contains("tag stop") && verdict.contains("not as the weights promise"), "{verdict}");
        assert!(verdict.contains("cannot be compared until the reason is found"), "{verdict}");
    }
}

#[tokio::test]
async fn an_experiment_that_nobody_used_has_nothing_to_compare() {
    let page = used(&[]).await.page("/experiments?name=Payments").await;
    assert!(page.contains("nothing to compare yet") && !page.contains("class=\"divisions\""), "{page}");
}

#[tokio::test]
async fn no_experiment_says_how_one_is_begun() {
    let console = console().await;
    console.publish("Payments", json!({ "otherwise": { "static": "premium" } }), "ada", "").await;
    assert!(console.page("/experiments").await.contains("No experiment runs</b>"));
    assert!(console.page("/experiments?name=Payments").await.contains("No experiment runs here</b>"));
}

#[tokio::test]
async fn what_one_may_not_see_is_in_no_list() {
    let secret = secret().segment("UserId", ValueKind::Integer);
    let console = console_with([secret]).await;
    let state = json!({ "otherwise": experiment(&json!({ "off": 50, "on": 50 })) });
    console.publish("SecretProject", state, "auditor", "").await;
    assert!(!console.page("/experiments").await.contains("SecretProject"));
    assert_eq!(console.get("/experiments?name=SecretProject").await.status, StatusCode::NOT_FOUND);
    assert!(console.asked_by("auditor").page("/experiments").await.contains("SecretProject"));
}

#[tokio::test]
async fn many_experiments_have_pages() {
    let names: Vec<String> = (10..20).map(|at| format!("Feature{at}")).collect();
    let declared = |name: &String| Declaration::new(name, ["acme", "premium"]).segment("UserId", ValueKind::Integer);
    let console = console_with(names.iter().map(declared)).await;
    for name in &names {
        let state = json!({ "otherwise": experiment(&json!({ "acme": 50, "premium": 50 })) });
        console.publish(name, state, "ada", "").await;
    }
    let (first, second) = (console.page("/experiments").await, console.page("/experiments?page=2").await);
    assert!(first.contains("Feature17") && !first.contains("Feature18") && first.contains("Page 1 of 2"), "{first}");
    assert!(!second.contains("Feature17") && second.contains("Feature18"), "{second}");
    assert_eq!(console.page("/experiments?page=99").await.matches("Page 2 of 2").count(), 1);
    assert_eq!(console.get("/experiments?page=x").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_name_of_a_rule_is_no_markup() {
    let console = console().await;
    console.publish("Payments", in_a_rule(MARKUP, &json!({ "acme": 50, "premium": 50 })), "ada", "").await;
    for path in ["/experiments", "/experiments?name=Payments"] {
        assert!(console.page(path).await.contains("&lt;script&gt;"), "{path}");
    }
}
