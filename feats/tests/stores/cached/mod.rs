//! A store that keeps what never changes: what it keeps, for how long, and concurrent reads.

mod assignments;
mod epochs;
mod flights;
mod pages;
mod suite;
