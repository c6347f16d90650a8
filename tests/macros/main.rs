//! Handles without an app.

mod asynchronous;
mod boolean;
mod conditional;
mod docs;
mod entries;
mod groups;
mod inputs;
mod lints;
mod names;
mod outputs;
mod segments;
mod shadows;
mod taken_names;
mod visibility;
mod when_enabled;
mod without_cargo;

/// The subject of most tests.
#[derive(Clone, Debug)]
pub struct User {
    id: u64,
    country: String,
}

fn ada() -> User {
    User { id: 1, country: "CA".to_owned() }
}
