//! Writes of flags: one revision each, once they are awaited.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;

use super::edit;
use super::event::Event;
use super::reference::FlagRef;
use crate::app::{Change, Preview, Published};
use crate::error::{Error, Problem, Problems, Result};
use crate::model::State;
use crate::registry::Dynamic;
use crate::runtime::FlagStatus;

/// A change of a flag: one write, made when it is awaited.
///
/// ```
/// # async fn example(flag: feats::flags::Flag) -> feats::Result<()> {
/// flag.disable().comment("the index is corrupt").await?;
/// # Ok(()) }
/// ```
#[must_use = "a write does nothing until it is awaited"]
pub struct FlagWrite {
    flag: FlagRef,
    event: Event,
    action: Action,
    comment: String,
    expected_version: Option<u64>,
}

/// The action of a write.
pub(super) enum Action {
    Edit(Arc<Edit>),
    Pin(Option<String>),
    RollbackTo(u64),
    Destroy,
    /// Changes that one revision cannot combine.
    Mixed,
}

type Edit = dyn Fn(&mut State, &mut Problems) + Send + Sync;

impl Action {
    pub(super) fn edit(edit: impl Fn(&mut State, &mut Problems) + Send + Sync + 'static) -> Self {
        Action::Edit(Arc::new(edit))
    }
}

impl FlagWrite {
    pub(super) fn new(flag: FlagRef, event: Event, action: Action) -> Self {
        Self { flag, event, action, comment: String::new(), expected_version: None }
    }

    /// Sets the comment: why the change is made.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = comment.into();
        self
    }

    /// Writes only if this version is the newest. The default is the newest version that has arrived in this program.
    pub fn expect_version(mut self, version: u64) -> Self {
        self.expected_version = Some(version);
        self
    }

    /// Makes another change of the same flag in the same write, after this one. Its event is that of this change.
    ///
    /// Pinning, rolling back and destroying cannot be combined with another change: such a write is
    /// [`Invalid`](crate::ErrorKind::Invalid).
    ///
    /// ```
    /// # async fn example(flag: feats::flags::Flag) -> feats::Result<()> {
    /// use feats::flags::{Condition, MissingAttribute};
    /// let admins = Condition::new().check("is_admin", true);
    /// flag.add_condition(admins).and(flag.set_missing_attribute(MissingAttribute::Fail)).await?;
    /// # Ok(()) }
    /// ```
    pub fn and(mut self, next: FlagWrite) -> Self {
        self.action = match (self.action, next.action) {
            (Action::Edit(first), Action::Edit(second)) if self.flag.name == next.flag.name => {
                Action::edit(move |state, problems| {
                    first(state, problems);
                    second(state, problems);
                })
            }
            _ => Action::Mixed,
        };
        self
    }

    /// Previews the change: the state that would be written, and the units that would move. Writes nothing.
    ///
    /// # Errors
    /// Those of the write.
    pub async fn preview(self) -> Result<Preview> {
        self.into_change()?.preview().await
    }

    /// Returns the write as a change with the API of features, for example to preview and then publish it.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound): there is no such flag; [`Invalid`](crate::ErrorKind::Invalid): it is archived.
    pub fn into_change(self) -> Result<Change<Dynamic>> {
        let Self { flag, event, action, comment, expected_version } = self;
        let handle = match &action {
            Action::RollbackTo(_) => flag.handle()?,
            _ => flag.existing()?,
        };
        let allows_archived = matches!(event, Event::Restore | Event::Destroy | Event::Archive | Event::Rollback);
        if flag.status() == FlagStatus::Archived && !allows_archived {
            let message = "this flag is archived; restore it first";
            return Err(Error::invalid(vec![Problem::new("flag.archived", message)]).with_feature(&*flag.name));
        }
        let change = match action {
            // Another bucketer is meant to select other subjects.
            Action::Edit(edit) => {
                let change = handle.edit().apply(move |state, problems| edit(state, problems)).allow_reshuffle();
                match flag.client.app.flag_source_owns(&flag.name) {
                    true => change.apply(|state, _| edit::use_flipper_buckets(state)),
                    false => change,
                }
            }
            Action::Pin(Some(choice)) => handle.pin(choice),
            Action::Pin(None) => handle.unpin(),
            Action::RollbackTo(version) => handle.rollback_to(version),
            Action::Destroy => handle.remove_state(),
            Action::Mixed => {
                let message = "only edits of one flag can be combined, not a pin, a rollback or a removal";
                return Err(Error::invalid(vec![Problem::new("change", message)]).with_feature(&*flag.name));
            }
        };
        Ok(signed(change, &flag, event, comment, expected_version))
    }
}

/// Adds the author, the comment, the expected version and the event to a change.
pub(super) fn signed(
    change: Change<Dynamic>,
    flag: &FlagRef,
    event: Event,
    comment: String,
    expected_version: Option<u64>,
) -> Change<Dynamic> {
    let change = flag.client.signed(change.comment(comment).tag(event.as_str()));
    match expected_version {
        Some(version) => change.expect_version(version),
        None => change,
    }
}

impl IntoFuture for FlagWrite {
    type Output = Result<Published>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<Published>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.into_change()?.publish().await })
    }
}

impl fmt::Debug for FlagWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlagWrite").field("flag", &self.flag.name).field("event", &self.event).finish_non_exhaustive()
    }
}
