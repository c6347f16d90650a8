//! What the page of a feature shows, for each of its pieces.

use feats::model::{Quarantine, State, Timestamp};
use feats::{Dynamic, FeatureHandle};

use crate::access::Action;
use crate::draft::{Draft, Focus};
use crate::preview::PreviewOutcome;
use crate::request_context::RequestContext;

/// What a page of one feature shows.
pub(super) struct FeatureView<'a> {
    pub(super) context: &'a RequestContext,
    pub(super) feature: &'a FeatureHandle<Dynamic>,
    /// What is live.
    pub(super) live: State,
    pub(super) draft: &'a Draft,
    /// Whether it differs from what is live.
    pub(super) is_changed: bool,
    /// What publishing the draft would do, if it differs from what is live.
    pub(super) outcome: Option<PreviewOutcome>,
    /// The names of attributes of programs, while a rule is open.
    pub(super) attributes: Vec<String>,
    pub(super) now: Timestamp,
}

impl FeatureView<'_> {
    /// Whether the element of an id gets the focus.
    pub(super) fn focuses(&self, id: &str) -> bool {
        matches!(&self.draft.focus, Some(Focus::Element(element)) if element == id)
    }

    pub(super) fn may(&self, action: Action) -> bool {
        self.context.may(action, Some(self.feature.name()))
    }

    /// Whether somebody published since the draft was begun.
    pub(super) fn is_outdated(&self) -> bool {
        self.draft.base < self.feature.version()
    }

    pub(super) fn quarantine(&self) -> Option<Quarantine> {
        let status = self.context.app().status();
        status.quarantined.into_iter().find(|quarantine| quarantine.feature == self.feature.name())
    }
}
