//! Flags: features that are created at run time, whose state says what code says of other features.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::time::Timestamp;

/// The implementation of a flag that is enabled for a subject, unless the flag has [values](super::State::values).
pub const ENABLED: &str = "enabled";

/// The implementation of a flag that is disabled for a subject. It is the default of every flag.
pub const DISABLED: &str = "disabled";

/// The name of the rule with the conditions of a flag, whose selector is a [gate](super::Gate).
pub const CONDITIONS: &str = "conditions";

/// The part of a state that makes it the state of a flag: a feature that is created at run time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FlagState {
    /// If `false`, the flag is disabled for everyone, except by its pin.
    pub enabled: bool,
    /// `true` if the flag was archived. It is disabled until it is restored.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub archived: bool,
    /// The time of the creation.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub created_at: Timestamp,
    /// The author who created the flag.
    pub created_by: String,
    /// Data of the program about the flag, as a JSON object.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub client_data: Map<String, Json>,
}

impl FlagState {
    /// The keys, in the order in which they are written.
    pub(crate) const KEYS: [&'static str; 5] = ["enabled", "archived", "created_at", "created_by", "client_data"];

    /// Returns `true` if rules decide, because the flag is enabled and not archived.
    pub fn is_active(&self) -> bool {
        self.enabled && !self.archived
    }
}
