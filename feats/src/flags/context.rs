//! Contexts: several decisions of flags for one subject.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde_json::Value as Json;

use super::decide::{self, Key, Subject};
use crate::model::{Attributes, Value};
use crate::runtime::SnapshotCell;
use crate::scope::PinnedSnapshot;

/// Several decisions of flags, by one snapshot and with shared attributes. Created by [`Flags::context`](super::Flags::context).
///
/// The snapshot and the time are taken at the first decision, so all decisions of a context agree. Attributes of a call take
/// precedence over the shared ones, and are not remembered.
///
/// ```standalone_crate
/// # use feats::{App, attributes, flags::Condition};
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// # let app = App::builder().store(feats::store::Memory::new()).detached().start().await?;
/// # let flags = app.flags();
/// let search = flags.create("FUZZY_SEARCH").enabled().condition(Condition::new().check("plan", "pro")).await?;
/// let context = flags.context(attributes! { "plan" => "pro" });
/// assert!(context.is_enabled("FUZZY_SEARCH", &attributes! { "user" => "42" }));
/// search.disable().await?;
/// assert!(context.is_enabled("FUZZY_SEARCH", &attributes! {}));
/// assert!(context.is_disabled("FUZZY_SEARCH", &attributes! { "plan" => "free" }));
/// # Ok(()) }
/// ```
pub struct Context<'a> {
    app: Arc<SnapshotCell>,
    attributes: Attributes<'a>,
    pinned: OnceLock<PinnedSnapshot>,
}

impl<'a> Context<'a> {
    pub(super) fn new(app: Arc<SnapshotCell>, attributes: Attributes<'a>) -> Self {
        Self { app, attributes, pinned: OnceLock::new() }
    }

    /// Sets a shared attribute.
    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Value<'a>>) {
        self.attributes.insert(name, value);
    }

    /// Returns `true` if a flag is enabled for the subject; `false` if there is no such flag. Counts the use.
    pub fn is_enabled(&self, name: &str, attributes: &Attributes<'_>) -> bool {
        decide::is_enabled(&self.app, Key::Name(name), self.subject(attributes)).unwrap_or(false)
    }

    /// Returns `true` if a flag is not enabled for the subject. Counts the use.
    pub fn is_disabled(&self, name: &str, attributes: &Attributes<'_>) -> bool {
        !self.is_enabled(name, attributes)
    }

    /// Returns the variant of a flag; see [`Flags::variant`](super::Flags::variant).
    pub fn variant(&self, name: &str, attributes: &Attributes<'_>) -> Option<Arc<str>> {
        decide::variant(&self.app, Key::Name(name), self.subject(attributes))
    }

    /// Returns the value of a flag; see [`Flags::value`](super::Flags::value).
    pub fn value(&self, name: &str, attributes: &Attributes<'_>) -> Option<Json> {
        decide::value(&self.app, Key::Name(name), self.subject(attributes))
    }

    fn subject<'s>(&'s self, attributes: &'s Attributes<'_>) -> Subject<'s> {
        let pinned = self.pinned.get_or_init(|| PinnedSnapshot::new(&self.app));
        Subject { attributes, context: Some((pinned, &self.attributes)) }
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("attributes", &self.attributes).finish_non_exhaustive()
    }
}
