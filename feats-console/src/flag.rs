//! Flags: their declarations, which their states complete.

use std::borrow::Cow;

use feats::model::{Declaration, State};
use feats::{Dynamic, FeatureHandle};

/// Returns the declaration of a feature; that of a flag has the variants and the attributes of its live state.
pub(crate) fn live_declaration(feature: &FeatureHandle<Dynamic>) -> Cow<'_, Declaration> {
    match feature.declaration().flag {
        true => declaration(feature.declaration(), &feature.state()),
        false => Cow::Borrowed(feature.declaration()),
    }
}

/// Returns the declaration of a feature; that of a flag has the variants and the attributes of this state.
pub(crate) fn declaration<'d>(declaration: &'d Declaration, state: &State) -> Cow<'d, Declaration> {
    declaration.completed_by(state)
}

/// Like [`declaration`], but a flag has only the attributes whose type is known: the editor writes other values in the type that
/// its user states.
pub(crate) fn editable<'d>(declaration: &'d Declaration, state: &State) -> Cow<'d, Declaration> {
    declaration.editable_with(state)
}

/// Returns `true` if this is a flag that was destroyed, so that only its history is left.
pub(crate) fn is_destroyed(feature: &FeatureHandle<Dynamic>) -> bool {
    feature.declaration().flag && feature.entry().is_some_and(|entry| entry.removed)
}
