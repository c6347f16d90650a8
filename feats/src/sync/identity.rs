//! The identity of an app in files and cookies, so that revisions and overrides of one environment are not used in another.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::quoted;

/// The identity of an app, to which a fallback file or a cookie belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The environment, if the program sets one. It stays the same if the store moves to another address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) environment: Option<String>,
    /// The identity of the store, without secrets.
    pub(crate) store: String,
}

impl Identity {
    /// Returns `true` if both have the same environment or, if one of them has none, the same store.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.environment, &other.environment) {
            (Some(environment), Some(other)) => environment == other,
            _ => self.store == other.store,
        }
    }

    /// Returns the text to sign: the environment, or without one the store. The two forms cannot be confused, because the identity of a
    /// store does not start like this, and the name of an environment has no line breaks.
    #[cfg(feature = "web")]
    pub(crate) fn signed_text(&self) -> String {
        match &self.environment {
            Some(environment) => format!("environment\n{environment}"),
            None => self.store.clone(),
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.environment {
            Some(environment) => write!(f, "environment {} (store {})", quoted(environment), quoted(&self.store)),
            None => write!(f, "store {}", quoted(&self.store)),
        }
    }
}
