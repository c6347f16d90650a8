//! The page of experiments.

use std::time::SystemTime;

use axum::http::StatusCode;
use feats::Timestamp;
use feats::model::{Declaration, ValueKind};
use feats::store::{Memory, Store};
use serde_json::{Value as Json, json};

use crate::fixture::{MARKUP, TestConsole, between, console, console_on, console_with, payments, secret};

fn experiment(weights: &Json) -> Json {
    json!({ "experiment": { "by": "UserId", "seed": "e1", "share": 20, "weights": weights } })
}

fn in_a_rule(name: &str, weights: &Json) -> Json {
    json!({ "rules": [{ "name": name, "select": experiment(weights) }] })
}

/// Creates a console with exposure counts of an experiment, in two periods.
async fn used(counts: &[(&str, i64)]) -> TestConsole {
    let store = Memory::new();
    let console = console_on(store.clone(), [payments(), secret()]).await;
    for weights in [json!({ "acme": 50, "premium": 50 }), json!({ "acme": 90, "premium": 10 })] {
        console.publish("Payments", in_a_rule("Is premium worth it?", &weights), "ada", "").await;
    }
    let counts: Vec<_> = counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    store.counters().unwrap().add("exposures", "Payments\u{1f}e1", &counts, None).await.expect("counted");
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
async fn arms_have_planned_shares_users_and_actual_shares() {
    let page = used(&FAIR).await.page("/experiments").await;
    assert_eq!(arms(&page), ["acme | 90% | 1\u{202f}400 | 70.00%", "premium | 10% | 600 | 30.00%"]);
    assert!(page.contains("20% of users enter.") && page.contains("<b class=\"num\">2\u{202f}000</b>"), "{page}");
    assert!(page.contains("Is premium worth it?") && page.contains("running since version"), "{page}");
    assert!(between(&page, "<p class=\"verdict\">", "</p>").contains("Split as planned"), "{page}");
}

#[tokio::test]
async fn the_page_of_an_experiment_lists_its_periods() {
    let page = used(&FAIR).await.page("/experiments?name=Payments").await;
    let allocations: Vec<&str> = between(&page, "<ol class=\"allocations\">", "</ol>").split("<li>").skip(1).collect();
    assert_eq!(allocations.len(), 2);
    assert!(allocations[0].contains("<b class=\"num\">1\u{202f}000</b> users"), "{}", allocations[0]);
    assert_eq!(allocations[0].matches("aria-label=\"acme 50%, premium 50%\"").count(), 2, "planned and actual");
    assert_eq!(allocations[1].matches("aria-label=\"acme 90%, premium 10%\"").count(), 2, "planned and actual");
    assert!(page.contains("p = 1.00"), "{page}");
}

/// A day in the far future, so that the timeline ends with the last counted day.
fn day(n: i64) -> String {
    let first: Timestamp = "2999-01-01T00:00:00Z".parse().expect("a time");
    Timestamp::from_millis(first.as_millis() + n * 24 * 60 * 60 * 1_000).to_string()[..10].to_owned()
}

/// The page of an experiment with these counts per day and arm.
async fn timeline(days: impl IntoIterator<Item = (i64, [(&str, i64); 2])>) -> String {
    let of_day = |(n, units): (i64, [_; 2])| units.map(|(arm, units)| (format!("1/{}\u{1f}{arm}", day(n)), units));
    let counts: Vec<_> = days.into_iter().flat_map(of_day).collect();
    let counts: Vec<_> = counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    used(&counts).await.page("/experiments?name=Payments").await
}

/// The lines of the chart, and the rows of the table with the same data.
fn chart_and_table(page: &str) -> (Vec<&str>, Vec<String>) {
    let picture = between(page, "<figure class=\"timeline\">", "<figcaption>");
    let lines = picture.split("<path class=\"line ").skip(1).map(|line| between(line, " d=\"", "\"")).collect();
    let table = between(page, "<summary>Table</summary>", "</details>");
    let rows = between(table, "<tbody>", "</tbody>").split("<tr>").skip(1);
    let cells = |row: &str| {
        let cells = row.split("</t").filter_map(|cell| cell.rsplit('>').next().map(str::to_owned));
        cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" | ")
    };
    (lines, rows.map(cells).collect())
}

#[tokio::test]
async fn users_over_time_are_a_chart_and_a_table() {
    let page = timeline([(0, [("acme", 1_000), ("premium", 400)]), (3, [("acme", 200), ("premium", 800)])]).await;
    let (lines, rows) = chart_and_table(&page);
    assert_eq!(
        lines,
        ["M0 130L100.0 21.7L200.0 21.7L300.0 21.7L400.0 0.0", "M0 130L100.0 86.7L200.0 86.7L300.0 86.7L400.0 0.0"]
    );
    let row = |n, acme, premium| format!("{} | {acme} | {premium}", day(n));
    let (few, many) = ("1\u{202f}000", "1\u{202f}200");
    assert_eq!(rows, [row(3, many, many), row(2, few, "400"), row(1, few, "400"), row(0, few, "400")]);
    assert!(page.contains("aria-label=\"Users per day since 2999-01-01: now acme 1200, premium 1200\""), "{page}");
    assert!(!page.contains("daily counts") && page.matches("aria-label=\"Users per day since").count() == 1, "{page}");
}

#[tokio::test]
async fn a_single_day_has_a_line() {
    let page = timeline([(0, [("acme", 3), ("premium", 0)])]).await;
    let (lines, rows) = chart_and_table(&page);
    assert_eq!(lines, ["M0 130L400.0 0.0", "M0 130L400.0 130.0"]);
    assert_eq!(rows, ["2999-01-01 | 3 | 0"]);
    assert_eq!(between(&page, "<figure class=\"timeline\">", "</figure>").matches("2999-01-01</text>").count(), 1);
}

#[tokio::test]
async fn a_long_timeline_is_sampled_without_losing_users() {
    let page = timeline((0..400).map(|n| (n, [("acme", 2), ("premium", 1)]))).await;
    let (lines, rows) = chart_and_table(&page);
    assert_eq!((lines.len(), rows.len()), (2, 60));
    for (line, end) in lines.iter().zip(["L400.0 0.0", "L400.0 65.0"]) {
        assert!(line.matches('L').count() == 60 && line.ends_with(end), "{line}");
    }
    assert_eq!((&rows[0], &rows[59]), (&format!("{} | 800 | 400", day(399)), &format!("{} | 12 | 6", day(5))));
}

#[tokio::test]
async fn the_timeline_ends_today() {
    let today = || Timestamp::from(SystemTime::now()).to_string()[..10].to_owned();
    let before = today();
    let page = used(&[("1/2026-01-01\u{1f}acme", 1)]).await.page("/experiments?name=Payments").await;
    let (_, rows) = chart_and_table(&page);
    assert!([before, today()].iter().any(|today| rows[0] == format!("{today} | 1 | 0")), "{}", rows[0]);
    assert_eq!(rows.iter().filter(|row| row.ends_with(" | 1 | 0")).count(), rows.len());
}

#[tokio::test]
async fn users_without_a_date_are_not_in_the_timeline() {
    let page = used(&FAIR).await.page("/experiments?name=Payments").await;
    assert!(page.contains("No daily counts.") && !page.contains("figure"), "{page}");
    let counts = [("1/acme", 40), ("1/2999-01-01\u{1f}acme", 2)];
    let page = used(&counts).await.page("/experiments?name=Payments").await;
    assert_eq!(chart_and_table(&page).1, ["2999-01-01 | 2 | 0"]);
    assert!(page.contains("Plus 40 without daily counts."), "{page}");
}

#[tokio::test]
async fn a_sample_ratio_mismatch_is_an_alarm() {
    let console = used(&[("1/acme", 600), ("1/premium", 400)]).await;
    for page in [console.page("/experiments").await, console.page("/experiments?name=Payments").await] {
        let verdict = between(&page, "<p class=\"verdict\">", "</p>");
        assert!(verdict.contains("tag stop") && verdict.contains("Split mismatch"), "{verdict}");
        assert!(verdict.contains("Do not compare the arms until you have found the cause"), "{verdict}");
    }
}

#[tokio::test]
async fn an_experiment_without_users_has_no_verdict() {
    let page = used(&[]).await.page("/experiments?name=Payments").await;
    assert!(page.contains("No users yet.") && !page.contains("figure"), "{page}");
    assert!(page.contains("Too few users") && !page.contains("class=\"allocations\""), "{page}");
}

#[tokio::test]
async fn without_experiments_the_page_says_how_to_start_one() {
    let console = console().await;
    console.publish("Payments", json!({ "otherwise": { "static": "premium" } }), "ada", "").await;
    assert!(console.page("/experiments").await.contains("No experiments</b>"));
    assert!(console.page("/experiments?name=Payments").await.contains("No experiments</b>"));
}

#[tokio::test]
async fn hidden_features_are_not_listed() {
    let secret = secret().segment("UserId", ValueKind::Integer);
    let console = console_with([secret]).await;
    let state = json!({ "otherwise": experiment(&json!({ "off": 50, "on": 50 })) });
    console.publish("SecretProject", state, "auditor", "").await;
    assert!(!console.page("/experiments").await.contains("SecretProject"));
    assert_eq!(console.get("/experiments?name=SecretProject").await.status, StatusCode::NOT_FOUND);
    assert!(console.as_user("auditor").page("/experiments").await.contains("SecretProject"));
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
async fn the_name_of_a_rule_is_escaped() {
    let console = console().await;
    console.publish("Payments", in_a_rule(MARKUP, &json!({ "acme": 50, "premium": 50 })), "ada", "").await;
    for path in ["/experiments", "/experiments?name=Payments"] {
        assert!(console.page(path).await.contains("&lt;script&gt;"), "{path}");
    }
}
