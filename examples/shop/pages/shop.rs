//! What every page can see.

use feats::App;

/// What every page can see.
#[derive(Clone)]
pub(super) struct Shop {
    pub(super) app: App,
    /// The store as the `feats` command takes it.
    pub(super) store: String,
}
