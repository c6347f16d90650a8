//! An A/A experiment has no sample-ratio mismatch, and every customer keeps their arm.

use feats::App;

use crate::arms;
use crate::purchases::{Purchase, generate, parse};
use crate::replay::{Checkout, replay};

/// Replays purchases, changes the weights, replays them again, and checks that every customer keeps their arm.
async fn assert_assignments_are_sticky(purchases: &[Purchase]) {
    let app = App::builder().detached().start().await.expect("started");
    let checkout = app.feature::<Checkout>();
    // With a fixed seed, every run splits these customers in the same way.
    checkout.edit().otherwise(arms(50.0).seed("purchases")).publish().await.expect("published");
    let first = replay(&app, purchases).await;
    app.flush().await.expect("stored");
    let report = checkout.experiment().await.expect("a report");
    assert_eq!(report.units(), first.assignments.len() as u64);
    assert!(!report.sample_ratio().is_alarming(), "{}", report.sample_ratio());

    checkout.edit().otherwise(arms(80.0).seed("purchases")).publish().await.expect("published");
    let second = replay(&app, purchases).await;
    app.flush().await.expect("stored");
    assert_eq!(first.assignments, second.assignments);
    assert_eq!(checkout.experiment().await.expect("a report"), {
        let mut unchanged = report;
        for (arm, weight) in unchanged.arms.iter_mut().zip([80.0, 20.0]) {
            arm.weight = weight;
        }
        unchanged
    });
    app.shutdown().await.expect("stopped");
}

#[tokio::test]
async fn customers_keep_their_arm() {
    assert_assignments_are_sticky(&generate(2_357)).await;
}

/// The same with the purchases of the study, if they are available.
#[tokio::test]
async fn customers_of_the_study_keep_their_arm() {
    let Ok(path) = std::env::var("FEATS_EXAMPLE_CDNOW") else {
        return println!("skipped: FEATS_EXAMPLE_CDNOW is not set to a file of purchases");
    };
    let purchases = parse(&std::fs::read_to_string(path).expect("a file")).expect("purchases");
    assert_assignments_are_sticky(&purchases).await;
}

#[test]
fn purchases_are_sorted_by_date() {
    let text = " 00004 0001 19970118  2   29.73\n 00004 0001 19970101  2   29.33\n\n";
    let parsed = parse(text).expect("purchases");
    let purchase = |date, cents| Purchase { customer: 1, date, cents };
    assert_eq!(parsed, [purchase(19_970_101, 2_933), purchase(19_970_118, 2_973)]);
}

#[test]
fn an_invalid_line_is_reported_by_number() {
    let error = parse("00004 0001 19970101 2 29.33\n00004 0001").expect_err("half a line");
    assert!(error.starts_with("line 2"), "{error}");
}
