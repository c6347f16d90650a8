//! What the example claims: an A/A experiment is sound, and whoever used a side keeps it.

use feats::App;

use crate::halves;
use crate::purchases::{Purchase, made_up, read};
use crate::replay::{Checkout, replay};

/// Replays purchases, changes the weights, and replays them again.
async fn nobody_changes_sides(purchases: &[Purchase]) {
    let app = App::builder().detached().start().await.expect("started");
    let checkout = app.feature::<Checkout>();
    // With a seed of its own, so that it divides these customers in the same way each time.
    checkout.edit().otherwise(halves(50.0).seed("purchases")).publish().await.expect("published");
    let first = replay(&app, purchases).await;
    app.flush().await.expect("stored");
    let report = checkout.experiment().await.expect("a report");
    assert_eq!(report.units(), first.sides.len() as u64);
    assert!(!report.sample_ratio().is_alarming(), "{}", report.sample_ratio());

    checkout.edit().otherwise(halves(80.0).seed("purchases")).publish().await.expect("published");
    let second = replay(&app, purchases).await;
    app.flush().await.expect("stored");
    assert_eq!(first.sides, second.sides);
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
async fn no_customer_changes_sides() {
    nobody_changes_sides(&made_up(2_357)).await;
}

/// The same with the purchases of the study, where they are at hand.
#[tokio::test]
async fn no_customer_of_the_study_changes_sides() {
    let Ok(path) = std::env::var("FEATS_EXAMPLE_CDNOW") else {
        return println!("FEATS_EXAMPLE_CDNOW names no file of purchases; the made-up ones have to do");
    };
    let purchases = read(&std::fs::read_to_string(path).expect("a file")).expect("purchases");
    nobody_changes_sides(&purchases).await;
}

#[test]
fn purchases_are_read_in_order_of_their_dates() {
    let text = " 00004 0001 19970118  2   29.73\n 00004 0001 19970101  2   29.33\n\n";
    let read = read(text).expect("purchases");
    let bought = |date, cents| Purchase { customer: 1, date, cents };
    assert_eq!(read, [bought(19_970_101, 2_933), bought(19_970_118, 2_973)]);
}

#[test]
fn a_line_that_is_no_purchase_is_named() {
    let error = read("00004 0001 19970101 2 29.33\n00004 0001").expect_err("half a line");
    assert!(error.starts_with("line 2"), "{error}");
}
