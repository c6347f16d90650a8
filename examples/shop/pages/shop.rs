//! The shared state of all pages.

use feats::App;

/// The shared state of all pages.
#[derive(Clone)]
pub(super) struct Shop {
    pub(super) app: App,
    /// The store, in the syntax of the `feats` command.
    pub(super) store: String,
}
