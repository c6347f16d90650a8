//! The data that the cards of a feature's page share.

use std::borrow::Cow;

use feats::model::{Declaration, Quarantine, State, Timestamp};
use feats::{Dynamic, FeatureHandle};

use crate::access::Action;
use crate::draft::{Draft, Focus};
use crate::preview::PreviewOutcome;
use crate::request_context::RequestContext;

/// The data of a feature's page.
pub(super) struct FeatureView<'a> {
    pub(super) context: &'a RequestContext,
    pub(super) feature: &'a FeatureHandle<Dynamic>,
    pub(super) declaration: Cow<'a, Declaration>,
    /// The live state.
    pub(super) live: State,
    pub(super) draft: &'a Draft,
    /// `true` if the draft differs from the live state.
    pub(super) is_changed: bool,
    /// The preview of the draft, if it differs from the live state.
    pub(super) outcome: Option<PreviewOutcome>,
    /// The names of program attributes, while a rule is open.
    pub(super) attributes: Vec<String>,
    pub(super) now: Timestamp,
}

impl FeatureView<'_> {
    pub(super) fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// Returns `true` if the element with this id gets the focus.
    pub(super) fn focuses(&self, id: &str) -> bool {
        matches!(&self.draft.focus, Some(Focus::Element(element)) if element == id)
    }

    pub(super) fn may(&self, action: Action) -> bool {
        self.context.may(action, Some(self.feature.name()))
    }

    /// Returns `true` if a newer version was published since the draft was created.
    pub(super) fn is_outdated(&self) -> bool {
        self.draft.base < self.feature.version()
    }

    pub(super) fn quarantine(&self) -> Option<Quarantine> {
        let status = self.context.app().status();
        status.quarantined.into_iter().find(|quarantine| quarantine.feature == self.feature.name())
    }
}
