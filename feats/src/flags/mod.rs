//! Flags: features that are created at run time, not declared in code.
//!
//! A flag has a name, conditions and a bucketer, and is asked for by name. It is enabled or disabled for a subject, or has one of
//! several named [values](Flags::create_variants). States, history, stores, scopes, previews and counts are those of features.
//!
//! ```standalone_crate
//! use feats::flags::{Bucketer, Condition};
//! use feats::{App, attributes};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
//! let app = App::builder().store(feats::store::Memory::new()).detached().start().await?;
//! let flags = app.flags().author("ada");
//!
//! let checkout = flags.create("NEW_CHECKOUT").enabled().await?;
//! checkout.set_bucketer(Bucketer::consistent(["user_id"]).percentage(5.0)).await?;
//! checkout.add_condition(Condition::new().check("is_admin", true)).await?;
//!
//! assert!(flags.is_enabled("NEW_CHECKOUT", &attributes! { "user_id" => 1, "is_admin" => true }));
//! assert!(!flags.is_enabled("NO_SUCH_FLAG", &attributes! {}));
//! # Ok(()) }
//! ```
//!
//! # How a flag decides
//!
//! 1. Its [pin](Flag::pin), then an override of the browser or scope.
//! 2. If it is disabled or archived: disabled.
//! 3. Its [overrides](Flag::override_for), in order.
//! 4. Its [conditions](Flag::add_condition). A check is made if the subject has its attribute: one that fails disables the flag; if
//!    at least one passes and none fails, the flag is enabled. [`MissingAttribute::Fail`] makes a check without its attribute fail.
//! 5. Its [bucketer](Flag::set_bucketer). A consistent one does not enable the flag for a subject that lacks one of its attributes,
//!    unless the percentage is 100.
//! 6. Without a bucketer: enabled.
//!
//! A missing flag is disabled.
//!
//! # Names that code declares
//!
//! A flag cannot be created with the name of a feature. If code later declares a feature with the name of a flag, the program uses
//! what it can of the state (the pin, whether the flag is enabled, slots, and conditions on segments that the feature has), and
//! [`App::status`] lists the rest. Publishing a state for the feature ends this.
//!
//! # Cost
//!
//! A decision reads one snapshot in memory. It allocates nothing, waits for nothing and cannot fail. A [handle](Flags::get) saves
//! looking up the name.

mod bucketer;
mod condition;
mod context;
mod decide;
mod edit;
mod event;
mod flag;
mod list;
mod listener;
mod meta;
mod new_flag;
mod write;

use std::fmt;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::app::App;
use crate::model::Attributes;

pub use self::bucketer::Bucketer;
pub use self::condition::{CheckOperand, Condition};
pub use self::context::Context;
pub use self::event::{Event, FlagChange};
pub use self::flag::Flag;
pub use self::list::FlagList;
pub use self::listener::{ListenerError, ListenerId, Subscriber};
pub use self::meta::FlagMeta;
pub use self::new_flag::NewFlag;
pub use self::write::FlagWrite;
pub use crate::model::MissingAttribute;

pub(crate) use self::decide::is_enabled_in_scope;

/// The flags of an app. Cloning is cheap.
///
/// See the [module](self) for an example.
#[derive(Clone)]
pub struct Flags {
    app: App,
    author: Option<Arc<str>>,
}

impl App {
    /// Returns the flags, which are created at run time.
    pub fn flags(&self) -> Flags {
        Flags { app: self.clone(), author: None }
    }
}

impl Flags {
    /// Sets the author of all changes that are made with these flags; the name of the program by default.
    #[must_use]
    pub fn author(mut self, author: impl Into<String>) -> Self {
        self.author = Some(author.into().into());
        self
    }

    /// Returns `true` if a flag of this name exists, archived or not.
    pub fn exists(&self, name: &str) -> bool {
        self.get(name).exists()
    }

    /// Returns the handle of a flag, whether or not it exists. A handle decides faster than a name.
    pub fn get(&self, name: impl Into<String>) -> Flag {
        Flag::new(self.clone(), name.into().into())
    }

    /// Starts the creation of a flag: one write, once the result is awaited. The flag is disabled unless it is created
    /// [enabled](NewFlag::enabled).
    ///
    /// # Errors
    /// - [`AlreadyExists`](crate::ErrorKind::AlreadyExists): a flag, archived or not, or a feature has this name.
    /// - [`Invalid`](crate::ErrorKind::Invalid): the name or a setting has problems; all of them are listed with their paths.
    /// - [`Refused`](crate::ErrorKind::Refused): a listener refused the write.
    /// - The errors of the store; see [`Change::publish`](crate::Change::publish).
    pub fn create(&self, name: impl Into<String>) -> NewFlag {
        NewFlag::new(self.clone(), name.into(), Event::Create)
    }

    /// Starts the creation of a flag, or a change of the flag if it exists: what the builder does not set stays as it is. An
    /// archived flag is restored. One write, once the result is awaited.
    ///
    /// # Errors
    /// Those of [`create`](Self::create), except that a flag of this name may exist, and
    /// [`Conflict`](crate::ErrorKind::Conflict) if it was changed in the meantime.
    pub fn upsert(&self, name: impl Into<String>) -> NewFlag {
        NewFlag::new(self.clone(), name.into(), Event::Upsert)
    }

    /// Starts the creation of a flag with variants: values of any JSON type by name. Once it is enabled, it serves the first one,
    /// until a [bucketer](Bucketer::weights), a rule or an override says otherwise.
    ///
    /// ```standalone_crate
    /// # use feats::{App, attributes};
    /// use feats::flags::Bucketer;
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// # let app = App::builder().store(feats::store::Memory::new()).detached().start().await?;
    /// let flags = app.flags();
    /// let theme = flags.create_variants("THEME", [("light", json!({ "color": "white" })), ("dark", json!("#000"))]);
    /// let theme = theme.enabled().await?;
    /// theme.override_for("user_id", [42], "dark").await?;
    ///
    /// let user = attributes! { "user_id" => 42 };
    /// assert_eq!(flags.variant("THEME", &user).as_deref(), Some("dark"));
    /// assert_eq!(flags.value("THEME", &user), Some(json!("#000")));
    /// assert_eq!(flags.variant("THEME", &attributes! {}).as_deref(), Some("light"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of [`create`](Self::create).
    pub fn create_variants<N: Into<String>>(
        &self,
        name: impl Into<String>,
        variants: impl IntoIterator<Item = (N, Json)>,
    ) -> NewFlag {
        let variants = variants.into_iter().map(|(name, value)| (name.into(), value)).collect();
        NewFlag::new(self.clone(), name.into(), Event::Create).variants(variants)
    }

    /// Lists the flags that are not archived, sorted by the bytes of their names.
    pub fn list(&self) -> FlagList {
        FlagList::new(self.clone())
    }

    /// Returns `true` if a flag is enabled for a subject; `false` if there is no such flag. Counts the use.
    #[inline]
    pub fn is_enabled(&self, name: &str, attributes: &Attributes<'_>) -> bool {
        self.is_enabled_or(name, attributes, false)
    }

    /// Like [`is_enabled`](Self::is_enabled), but returns `default` if there is no such flag.
    #[inline]
    pub fn is_enabled_or(&self, name: &str, attributes: &Attributes<'_>, default: bool) -> bool {
        decide::is_enabled(self.app.snapshot_cell(), decide::Key::Name(name), attributes.into()).unwrap_or(default)
    }

    /// Returns the variant of a flag for a subject; `enabled` for a flag without variants. `None` if the flag is disabled for the
    /// subject, or missing. Counts the use.
    pub fn variant(&self, name: &str, attributes: &Attributes<'_>) -> Option<Arc<str>> {
        decide::variant(self.app.snapshot_cell(), decide::Key::Name(name), attributes.into())
    }

    /// Returns the value of the variant of a flag for a subject. `None` if the flag is disabled for the subject, has no variants, or
    /// is missing. Counts the use.
    pub fn value(&self, name: &str, attributes: &Attributes<'_>) -> Option<Json> {
        decide::value(self.app.snapshot_cell(), decide::Key::Name(name), attributes.into())
    }

    /// Creates a context with attributes that all its decisions share.
    pub fn context<'a>(&self, attributes: Attributes<'a>) -> Context<'a> {
        Context::new(self.app.snapshot_cell().clone(), attributes)
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flags").field("author", &self.author).finish_non_exhaustive()
    }
}
