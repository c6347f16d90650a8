//! The app of flags, and the author of their changes.

use std::sync::Arc;

use crate::app::{App, Change};
use crate::registry::Dynamic;

/// The app of flags, and the author of their changes. Cloning is cheap.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) app: App,
    /// The author; the program if it is not set.
    pub(super) author: Option<Arc<str>>,
}

impl Client {
    /// Returns the name of the author.
    pub(super) fn author(&self) -> Arc<str> {
        self.author.clone().unwrap_or_else(|| self.app.program().into())
    }

    /// Adds the author to a change.
    pub(super) fn signed(&self, change: Change<Dynamic>) -> Change<Dynamic> {
        match &self.author {
            Some(author) => change.author(&**author),
            None => change,
        }
    }
}
