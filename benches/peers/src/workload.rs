//! The workloads, in the order of the table.

/// A decision that every engine makes in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// An enabled flag without a rule.
    Enabled,
    /// One equality rule. The attributes are built from a user in each call, as programs do.
    Equality,
    /// A rule by country with a rollout to 5% of the users, by an integer id. The attributes are at hand.
    Rollout,
    /// A rule that lists 10 000 ids, one of which is the user's.
    Listed,
    /// The same rule, for users whose ids are not listed.
    NotListed,
    /// One of 10 000 enabled flags without a rule, at random.
    OneOfMany,
    /// One of 10 000 enabled flags with three rules, at random.
    OneOfManyWithRules,
}

/// The number of flags of the last two workloads.
pub const FLAGS: usize = 10_000;

/// The number of ids in a list.
pub const IDS: usize = 10_000;

/// The title of the heap of 10 000 flags in the table.
pub const HEAP_TITLE: &str = "heap of 10 000 flags of three rules, MiB";

impl Workload {
    /// All workloads.
    pub const ALL: [Self; 7] = [
        Self::Enabled,
        Self::Equality,
        Self::Rollout,
        Self::Listed,
        Self::NotListed,
        Self::OneOfMany,
        Self::OneOfManyWithRules,
    ];

    /// Returns the title in the table.
    pub fn title(self) -> &'static str {
        match self {
            Self::Enabled => "enabled, no rule",
            Self::Equality => "one equality, attributes built from a user",
            Self::Rollout => "country and 5% by an integer id",
            Self::Listed => "a list of 10 000 ids, match",
            Self::NotListed => "the same, no match",
            Self::OneOfMany => "one of 10 000 flags, at random",
            Self::OneOfManyWithRules => "the same, with three rules each",
        }
    }
}

/// Returns the name of one of many flags.
pub fn flag_name(index: usize) -> String {
    format!("checkout-step-{index:05}")
}
