//! Decisions of flags, by name or by position.

use std::sync::{Arc, OnceLock};

use serde_json::Value as Json;

use crate::evaluate::{Outcome, Reason};
use crate::model::{Attributes, DISABLED, ENABLED, limits::MAX_NAME_CHARACTERS};
use crate::runtime::{FeatureRevision, NamedAttributes, Position, Snapshot, SnapshotCell};
use crate::scope::{self, DecidingRevision, PinnedSnapshot};

/// The key of a flag.
#[derive(Clone, Copy, Debug)]
pub(super) enum Key<'a> {
    Name(&'a str),
    /// The name, and the position once it is known. It never changes.
    Handle(&'a str, &'a OnceLock<Position>),
}

/// The attributes of a subject, and the snapshot and shared attributes of a context.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) attributes: &'a Attributes<'a>,
    pub(super) context: Option<(&'a PinnedSnapshot, &'a Attributes<'a>)>,
}

impl<'a> From<&'a Attributes<'_>> for Subject<'a> {
    fn from(attributes: &'a Attributes<'_>) -> Self {
        Self { attributes, context: None }
    }
}

/// The maximum length of a name in bytes. A longer one is not looked up, so that its length costs nothing.
const MAX_NAME_BYTES: usize = MAX_NAME_CHARACTERS * 4;

impl Key<'_> {
    #[inline]
    pub(super) fn find(self, snapshot: &Snapshot) -> Option<Position> {
        match self {
            Key::Name(name) => find(snapshot, name),
            Key::Handle(name, position) => match position.get() {
                Some(position) => Some(*position),
                None => {
                    let found = find(snapshot, name)?;
                    Some(*position.get_or_init(|| found))
                }
            },
        }
    }
}

#[inline]
fn find(snapshot: &Snapshot, name: &str) -> Option<Position> {
    if name.len() > MAX_NAME_BYTES { None } else { snapshot.position(name) }
}

/// Returns whether a flag is enabled for a subject; `None` if it does not exist.
#[inline]
pub(super) fn is_enabled(app: &Arc<SnapshotCell>, key: Key<'_>, subject: Subject<'_>) -> Option<bool> {
    use_flag(app, key, subject, |position, outcome, revision| match position.is_flag {
        true => outcome.choice != 0,
        false => is_adopted_enabled(outcome, revision()),
    })
}

/// Returns the name of the variant that a flag serves to a subject; `None` if the flag is disabled for the subject or does not exist.
pub(super) fn variant(app: &Arc<SnapshotCell>, key: Key<'_>, subject: Subject<'_>) -> Option<Arc<str>> {
    use_flag(app, key, subject, |_, outcome, revision| name_of_choice(outcome, revision()))?
}

/// Returns the value that a flag serves to a subject; `None` if there is none.
pub(super) fn value(app: &Arc<SnapshotCell>, key: Key<'_>, subject: Subject<'_>) -> Option<Json> {
    use_flag(app, key, subject, |_, outcome, revision| {
        let name = name_of_choice(outcome, revision())?;
        revision()?.value(&name).cloned()
    })?
}

#[inline]
pub(super) fn use_flag<R>(
    app: &Arc<SnapshotCell>,
    key: Key<'_>,
    subject: Subject<'_>,
    read: impl for<'r> Fn(Position, Outcome, DecidingRevision<'_, 'r>) -> R,
) -> Option<R> {
    let Subject { attributes, context } = subject;
    let source = NamedAttributes { attributes, shared: context.map(|context| context.1), segments: &[] };
    scope::use_flag(
        app,
        context.map(|context| context.0),
        |snapshot| key.find(snapshot),
        &source,
        |position, outcome, revision| exists(position, outcome, revision).then(|| read(position, outcome, revision)),
    )?
}

/// Returns `true` if there is a flag. A flag that the code does not declare decides by a route, unless it has no usable state.
#[inline]
fn exists(position: Position, outcome: Outcome, revision: DecidingRevision<'_, '_>) -> bool {
    match outcome.reason {
        Reason::NoState => false,
        Reason::Quarantined => revision().is_some_and(|revision| revision.flag.is_flag()),
        // Choices of tests and of scopes need no revision.
        _ => position.is_flag || revision().is_none_or(|revision| revision.flag.is_flag()),
    }
}

/// Returns whether a flag whose name the code declares by now is enabled. The choice is that of the feature.
#[cold]
fn is_adopted_enabled(outcome: Outcome, revision: Option<&Arc<FeatureRevision>>) -> bool {
    name_of_choice(outcome, revision).is_some_and(|name| &*name == ENABLED)
}

/// Returns the name of the choice; `None` if it is `disabled`.
pub(super) fn name_of_choice(outcome: Outcome, revision: Option<&Arc<FeatureRevision>>) -> Option<Arc<str>> {
    let name = revision?.route.as_ref()?.choices().name(outcome.choice)?;
    (&**name != DISABLED).then(|| name.clone())
}

/// Returns `true` if a flag is enabled for a subject, with the app of the current scope, else the process-wide app, if there is one.
pub(crate) fn is_enabled_in_scope(name: &str, attributes: &Attributes<'_>) -> bool {
    scope::with_deciding_app(|app| is_enabled(app, Key::Name(name), attributes.into())).flatten().unwrap_or(false)
}
