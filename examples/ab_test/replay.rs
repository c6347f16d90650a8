//! The shop's checkout, and the replay of purchases through it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use feats::{App, Feature};

use crate::purchases::Purchase;

/// The number of the customer.
#[feats::segment]
pub trait CustomerId {
    fn purchase(purchase: &Purchase) -> u64 {
        purchase.customer
    }
}

/// The revenue of a purchase. Both implementations do the same: an A/A experiment tests the experiment itself.
#[feats::feature(kind = experiment)]
pub trait Checkout {
    #[default]
    fn control(purchase: &Purchase) -> u64 {
        purchase.cents
    }
    fn copy(purchase: &Purchase) -> u64 {
        purchase.cents
    }
}

/// The result of a replay.
#[derive(Debug, Default)]
pub struct Outcome {
    arms: HashMap<Checkout, Arm>,
    /// The arm of each customer.
    pub assignments: BTreeMap<u64, Checkout>,
}

#[derive(Debug, Default)]
struct Arm {
    customers: u64,
    purchases: u64,
    cents: u64,
}

/// Replays purchases through the checkout.
pub async fn replay(app: &App, purchases: &[Purchase]) -> Outcome {
    let mut outcome = Outcome::default();
    for purchase in purchases {
        let choice = app.enter_async(Checkout::find_implementation_async(purchase)).await;
        let cents = app.enter_async(Checkout::create_async(purchase)).await;
        let arm = outcome.arms.entry(choice).or_default();
        arm.customers += u64::from(outcome.assignments.insert(purchase.customer, choice).is_none());
        arm.purchases += 1;
        arm.cents += cents;
    }
    outcome
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:8} {:>10} {:>10} {:>14} {:>14}", "", "customers", "purchases", "revenue", "per customer")?;
        for choice in Checkout::ALL {
            let empty = Arm::default();
            let arm = self.arms.get(choice).unwrap_or(&empty);
            let dollars = |cents: u64| format!("${}.{:02}", cents / 100, cents % 100);
            let per_customer = dollars(arm.cents / arm.customers.max(1));
            let revenue = dollars(arm.cents);
            writeln!(f, "{choice:8} {:>10} {:>10} {revenue:>14} {per_customer:>14}", arm.customers, arm.purchases)?;
        }
        Ok(())
    }
}
