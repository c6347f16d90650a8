//! The users for whom the engines decide, the same in every run.

use fastrand::Rng;

use crate::workload::{FLAGS, IDS};

/// A user of a program.
#[derive(Clone, Debug)]
pub struct User {
    /// An id of 16 digits.
    pub id: u64,
    /// ISO 3166-1 alpha-2 country code.
    pub country: String,
    /// The plan that the user pays for.
    pub plan: String,
    /// The e-mail address.
    pub email: String,
}

/// The number of users for whom each workload decides in turn.
pub const USERS: usize = 256;

/// The country of a rule. A third of the users live there.
pub const COUNTRY: &str = "CA";

/// Returns the users of a workload: with listed ids, or with other ids.
pub fn users(listed: bool) -> Vec<User> {
    let mut random = Rng::with_seed(7);
    let ids = listed_ids();
    let user = |index: usize| {
        let id =
            if listed { ids[random.usize(..IDS)] } else { 9_000_000_000_000_000 + random.u64(..900_000_000_000_000) };
        User {
            id,
            country: [COUNTRY, "US", "NZ"][index % 3].to_owned(),
            plan: ["free", "professional"][index % 2].to_owned(),
            email: format!("user-{id}@example.com"),
        }
    };
    (0..USERS).map(user).collect()
}

/// Returns the ids that a rule lists.
pub fn listed_ids() -> Vec<u64> {
    let mut random = Rng::with_seed(1);
    (0..IDS).map(|_| 1_000_000_000_000_000 + random.u64(..900_000_000_000_000)).collect()
}

/// Returns indexes of flags in random order.
pub fn random_flags() -> Vec<u16> {
    let mut random = Rng::with_seed(3);
    (0..1 << 16).map(|_| random.u16(..FLAGS as u16)).collect()
}
