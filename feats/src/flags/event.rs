//! Events: what changes a flag.

use std::fmt;
use std::sync::Arc;

use crate::model::State;

/// A kind of change of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// Every change. A change itself has one of the other kinds.
    Any,
    /// [`Flags::create`](super::Flags::create) and `create_variants`.
    Create,
    /// [`Flags::upsert`](super::Flags::upsert).
    Upsert,
    /// [`Flags::import`](super::Flags::import).
    Import,
    /// [`Flag::enable`](super::Flag::enable).
    Enable,
    /// [`Flag::disable`](super::Flag::disable).
    Disable,
    /// [`Flag::archive`](super::Flag::archive).
    Archive,
    /// [`Flag::restore`](super::Flag::restore).
    Restore,
    /// [`Flag::destroy`](super::Flag::destroy).
    Destroy,
    /// [`Flag::set_client_data`](super::Flag::set_client_data).
    SetClientData,
    /// [`Flag::add_condition`](super::Flag::add_condition).
    AddCondition,
    /// [`Flag::set_conditions`](super::Flag::set_conditions) and `clear_conditions`.
    SetConditions,
    /// [`Flag::set_missing_attribute`](super::Flag::set_missing_attribute).
    SetMissingAttribute,
    /// [`Flag::set_bucketer`](super::Flag::set_bucketer) and `clear_bucketer`.
    SetBucketer,
    /// [`Flag::set_percentage`](super::Flag::set_percentage).
    SetPercentage,
    /// [`Flag::set_variant`](super::Flag::set_variant) and `remove_variant`.
    SetVariants,
    /// [`Flag::override_for`](super::Flag::override_for) and `remove_override`.
    SetOverrides,
    /// [`Flag::pin`](super::Flag::pin).
    Pin,
    /// [`Flag::unpin`](super::Flag::unpin).
    Unpin,
    /// [`Flag::rollback_to`](super::Flag::rollback_to).
    Rollback,
    /// A change of this program that was made with the API of features, for example with [`Flag::edit`](super::Flag::edit) or in the
    /// console.
    Edit,
    /// A change that another program made.
    Remote,
}

impl Event {
    const ALL: [Self; 22] = [
        Self::Any,
        Self::Create,
        Self::Upsert,
        Self::Import,
        Self::Enable,
        Self::Disable,
        Self::Archive,
        Self::Restore,
        Self::Destroy,
        Self::SetClientData,
        Self::AddCondition,
        Self::SetConditions,
        Self::SetMissingAttribute,
        Self::SetBucketer,
        Self::SetPercentage,
        Self::SetVariants,
        Self::SetOverrides,
        Self::Pin,
        Self::Unpin,
        Self::Rollback,
        Self::Edit,
        Self::Remote,
    ];

    /// Returns the name of the event: `create`, `set_client_data`.
    pub fn as_str(self) -> &'static str {
        match self {
            Event::Any => "any",
            Event::Create => "create",
            Event::Upsert => "upsert",
            Event::Import => "import",
            Event::Enable => "enable",
            Event::Disable => "disable",
            Event::Archive => "archive",
            Event::Restore => "restore",
            Event::Destroy => "destroy",
            Event::SetClientData => "set_client_data",
            Event::AddCondition => "add_condition",
            Event::SetConditions => "set_conditions",
            Event::SetMissingAttribute => "set_missing_attribute",
            Event::SetBucketer => "set_bucketer",
            Event::SetPercentage => "set_percentage",
            Event::SetVariants => "set_variants",
            Event::SetOverrides => "set_overrides",
            Event::Pin => "pin",
            Event::Unpin => "unpin",
            Event::Rollback => "rollback",
            Event::Edit => "edit",
            Event::Remote => "remote",
        }
    }

    /// Returns the event of a write that was made with the given tag.
    pub(super) fn from_tag(tag: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|event| Some(event.as_str()) == tag).unwrap_or(Self::Edit)
    }

    /// Returns `true` if a listener for this event observes a change of the given kind.
    pub(super) fn includes(self, change: Event) -> bool {
        self == Event::Any || self == change
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A change of a flag, as listeners see it. Cloning is cheap.
#[derive(Clone, Debug, PartialEq)]
pub struct FlagChange(Arc<Fields>);

#[derive(Debug, PartialEq)]
pub(super) struct Fields {
    pub(super) event: Event,
    pub(super) flag: String,
    pub(super) author: String,
    pub(super) comment: String,
    pub(super) version: u64,
    pub(super) before: State,
    pub(super) after: Option<State>,
}

impl FlagChange {
    pub(super) fn new(fields: Fields) -> Self {
        Self(Arc::new(fields))
    }

    /// Returns the kind of the change.
    pub fn event(&self) -> Event {
        self.0.event
    }

    /// Returns the name of the flag.
    pub fn flag(&self) -> &str {
        &self.0.flag
    }

    /// Returns the author.
    pub fn author(&self) -> &str {
        &self.0.author
    }

    /// Returns the comment.
    pub fn comment(&self) -> &str {
        &self.0.comment
    }

    /// Returns the version of the revision.
    pub fn version(&self) -> u64 {
        self.0.version
    }

    /// Returns the state before the change; the empty state for a new flag and for a change of another program.
    pub fn before(&self) -> &State {
        &self.0.before
    }

    /// Returns the state after the change; `None` if the flag was destroyed.
    pub fn after(&self) -> Option<&State> {
        self.0.after.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_found_by_its_name() {
        for event in Event::ALL {
            assert_eq!(Event::from_tag(Some(event.as_str())), event);
        }
        assert_eq!(Event::from_tag(None), Event::Edit);
    }
}
