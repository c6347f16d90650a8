//! The shop's checkout, and every purchase going through it once more.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use feats::{App, Feature};

use crate::purchases::Purchase;

/// Who buys.
#[feats::segment]
pub trait CustomerId {
    fn purchase(purchase: &Purchase) -> u64 {
        purchase.customer
    }
}

/// What a purchase earns. There are two ways to say the same: an A/A experiment tests the experiment.
#[feats::feature(kind = experiment)]
pub trait Checkout {
    #[default]
    fn here(purchase: &Purchase) -> u64 {
        purchase.cents
    }
    fn there(purchase: &Purchase) -> u64 {
        purchase.cents
    }
}

/// What became of the purchases.
#[derive(Debug, Default)]
pub struct Outcome {
    arms: HashMap<Checkout, Arm>,
    /// Which side each customer saw.
    pub sides: BTreeMap<u64, Checkout>,
}

#[derive(Debug, Default)]
struct Arm {
    customers: u64,
    purchases: u64,
    cents: u64,
}

/// Sends purchases through the checkout.
pub async fn replay(app: &App, purchases: &[Purchase]) -> Outcome {
    let mut outcome = Outcome::default();
    for purchase in purchases {
        let side = app.enter_async(Checkout::find_implementation_async(purchase)).await;
        let cents = app.enter_async(Checkout::create_async(purchase)).await;
        let arm = outcome.arms.entry(side).or_default();
        arm.customers += u64::from(outcome.sides.insert(purchase.customer, side).is_none());
        arm.purchases += 1;
        arm.cents += cents;
    }
    outcome
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:8} {:>10} {:>10} {:>14} {:>14}", "", "customers", "purchases", "revenue", "a customer")?;
        for side in Checkout::ALL {
            let none = Arm::default();
            let arm = self.arms.get(side).unwrap_or(&none);
            let dollars = |cents: u64| format!("${}.{:02}", cents / 100, cents % 100);
            let each = dollars(arm.cents / arm.customers.max(1));
            let revenue = dollars(arm.cents);
            writeln!(f, "{side:8} {:>10} {:>10} {revenue:>14} {each:>14}", arm.customers, arm.purchases)?;
        }
        Ok(())
    }
}
