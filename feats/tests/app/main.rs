//! Apps from the outside: changes, conflicts, quarantine, outages. Features here are declared by hand.

mod changes;
mod errors;
mod fallback;
mod fallible;
mod fixture;
mod losses;
mod lost_replies;
mod outage;
mod preview;
mod programs;
mod quarantine;
mod subscriptions;
mod values;
