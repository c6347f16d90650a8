//! What an app is, for what it leaves in files and browsers: the revisions of one environment may not decide in another, nor
//! may the overrides of one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::quoted;

/// What an app is, and what a fallback file or a cookie belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The environment, if the program says one. It stays the same where the store moves to another address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) environment: Option<String>,
    /// The store, without secrets.
    pub(crate) store: String,
}

impl Identity {
    /// Whether both are the same: the same environment, or where one of them says none, the same store.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.environment, &other.environment) {
            (Some(environment), Some(other)) => environment == other,
            _ => self.store == other.store,
        }
    }

    /// One text for it, to sign: the environment, or without one the store. The two are never the same text: the name of an
    /// environment has no line breaks, and no store begins like this.
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
