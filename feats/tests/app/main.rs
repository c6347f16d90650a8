//! Tests of the public API of apps: changes, conflicts, quarantine and outages. The features are declared by hand.

mod changes;
mod errors;
mod fallback;
mod fixture;
mod flags;
mod flaky_store;
mod instances;
mod losses;
mod lost_replies;
mod outage;
mod preview;
mod quarantine;
mod subscriptions;
mod values;
