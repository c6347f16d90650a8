//! Tests of the console in a real browser: on a phone, in dark mode, by keyboard, without scripts, and with concurrent users.

mod accessible;
mod conflicts;
mod drafts;
mod editing;
mod features;
mod flag_examples;
mod flag_rules;
mod flags;
mod pages;
mod scriptless;
mod site;
