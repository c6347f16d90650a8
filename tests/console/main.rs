//! The console in a real browser: as people see it, on a phone, in the dark, by keyboard, without scripts, and in each
//! other's way.

mod accessible;
mod conflicts;
mod drafts;
mod editing;
mod features;
mod pages;
mod scriptless;
mod site;
