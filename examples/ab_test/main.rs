//! An A/A experiment over years of purchases. Both arms are identical, so the experiment must find no difference.
//!
//! Replays purchases in the order of their dates, sums the revenue of each arm, and checks the sample ratio. Then it changes
//! the weights and replays the purchases again: every customer keeps their arm.
//!
//! ```console
//! $ cargo run --example ab_test                        generated purchases
//! $ cargo run --example ab_test cdnow_sample.txt       purchases of the CDNOW study
//! ```
//!
//! The CDNOW data set (Fader and Hardie, <https://www.brucehardie.com/datasets/>) is not part of this repository. Each line
//! has the customer's number in the whole study, the number in the sample, a date, a number of discs, and an amount in dollars.

#![expect(clippy::print_stdout, reason = "a command-line program")]

mod purchases;
mod replay;
#[cfg(test)]
mod tests;

use feats::App;
use feats::edit::experiment;
use replay::{Checkout, CustomerId, replay};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let purchases = match std::env::args().nth(1) {
        Some(path) => purchases::parse(&std::fs::read_to_string(path)?)?,
        None => purchases::generate(2_357),
    };
    let app = App::builder().detached().start().await?;
    let checkout = app.feature::<Checkout>();
    checkout.edit().otherwise(arms(50.0)).author("ada").comment("A/A").publish().await?;
    let first = replay(&app, &purchases).await;
    app.flush().await?;
    println!("{first}");
    println!("{}\n", checkout.experiment().await?.sample_ratio());

    checkout.edit().otherwise(arms(80.0)).author("ada").comment("80/20").publish().await?;
    let second = replay(&app, &purchases).await;
    app.flush().await?;
    println!("After a change of weights to 80 and 20:\n\n{second}");
    println!("{}", checkout.experiment().await?.sample_ratio());
    let moved =
        first.assignments.iter().filter(|(customer, arm)| second.assignments.get(*customer) != Some(*arm)).count();
    println!("{moved} of {} customers changed their arm.", first.assignments.len());
    Ok(app.shutdown().await?)
}

/// Returns an experiment with both arms.
fn arms(percent: f64) -> feats::edit::Experiment<Checkout, CustomerId> {
    experiment(CustomerId, [(Checkout::Control, percent), (Checkout::Copy, 100.0 - percent)])
}
