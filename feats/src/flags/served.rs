//! What a flag serves: for decisions by the name of a feature or flag.

use std::sync::Arc;

use serde_json::Value as Json;

use super::decide::{Key, name_of_choice, use_flag};
use crate::model::{Attributes, DISABLED};
use crate::registry::ImplementationName;
use crate::runtime::{FeatureRevision, SnapshotCell};

/// What a flag serves to a subject. The default is what a disabled flag serves.
#[derive(Default)]
pub(crate) struct ServedFlag {
    /// The name of the variant; `None` if the flag is disabled for the subject.
    variant: Option<Arc<str>>,
    revision: Option<Arc<FeatureRevision>>,
}

impl ServedFlag {
    /// Decides for a subject with an app, and counts the use. Returns `None` if no flag has this name, or if the code declares a
    /// feature of this name.
    pub(crate) fn decide(app: &Arc<SnapshotCell>, name: &str, attributes: &Attributes<'_>) -> Option<Self> {
        let key = Key::Name(name);
        key.find(&app.load()).filter(|position| position.is_flag)?;
        use_flag(app, key, attributes.into(), |_, outcome, revision| Self {
            variant: name_of_choice(outcome, revision()),
            revision: revision().cloned(),
        })
    }

    /// Returns the name of the variant; `disabled` if the flag is disabled for the subject.
    pub(crate) fn choice(&self) -> ImplementationName {
        self.variant.clone().map_or_else(|| DISABLED.into(), ImplementationName::from)
    }

    pub(crate) fn is_enabled(&self) -> bool {
        self.variant.is_some()
    }

    /// Returns the value of the variant, if it has one.
    pub(crate) fn value(&self) -> Option<&Json> {
        self.revision.as_ref()?.value(self.variant.as_deref()?)
    }
}
