//! Flags: their declarations, which their states complete.

use std::borrow::Cow;

use feats::model::Declaration;
use feats::{Dynamic, FeatureHandle};

/// Returns the declaration of a feature; that of a flag has the variants and the attributes of its live state.
pub(crate) fn declaration(feature: &FeatureHandle<Dynamic>) -> Cow<'_, Declaration> {
    match feature.declaration().flag {
        true => feature.declaration().completed_by(&feature.state()),
        false => Cow::Borrowed(feature.declaration()),
    }
}

/// Like [`declaration`], but only with the attributes whose type is known: the editor can write their values.
pub(crate) fn editable(feature: &FeatureHandle<Dynamic>) -> Cow<'_, Declaration> {
    match feature.declaration().flag {
        true => feature.declaration().editable_with(&feature.state()),
        false => Cow::Borrowed(feature.declaration()),
    }
}
