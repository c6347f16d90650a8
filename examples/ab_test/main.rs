//! An A/A experiment over years of purchases: both arms are the same, so a sound experiment finds no difference.
//!
//! Replays purchases in order of their dates, counts what each arm earned, checks the sample ratio, then changes the
//! weights and replays them again: nobody changes sides.
//!
//! ```console
//! $ cargo run --example ab_test                        purchases made up by a formula
//! $ cargo run --example ab_test cdnow_sample.txt       those of the CDNOW study
//! ```
//!
//! The CDNOW data set (Fader and Hardie, <https://www.brucehardie.com/datasets/>) is not part of this repository. Its lines
//! hold a customer of the whole study, the same in the sample, a date, a number of discs, and dollars.

#![expect(clippy::print_stdout, reason = "it is a program for the terminal")]

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
        Some(path) => purchases::read(&std::fs::read_to_string(path)?)?,
        None => purchases::made_up(2_357),
    };
    let app = App::builder().detached().start().await?;
    let checkout = app.feature::<Checkout>();
    checkout.edit().otherwise(halves(50.0)).author("ada").comment("A/A").publish().await?;
    let first = replay(&app, &purchases).await;
    app.flush().await?;
    println!("{first}");
    println!("{}\n", checkout.experiment().await?.sample_ratio());

    checkout.edit().otherwise(halves(80.0)).author("ada").comment("more of the same").publish().await?;
    let second = replay(&app, &purchases).await;
    app.flush().await?;
    println!("After a change of weights to 80 and 20:\n\n{second}");
    println!("{}", checkout.experiment().await?.sample_ratio());
    let moved = first.sides.iter().filter(|(customer, side)| second.sides.get(*customer) != Some(*side)).count();
    println!("{moved} of {} customers changed sides.", first.sides.len());
    Ok(app.shutdown().await?)
}

/// The one and the other implementation, which do the same.
fn halves(percent: f64) -> feats::edit::Experiment<Checkout, CustomerId> {
    experiment(CustomerId, [(Checkout::Here, percent), (Checkout::There, 100.0 - percent)])
}
