//! The flags of an app.

use std::fmt;
use std::sync::Arc;

use serde_json::Value as Json;

use super::client::Client;
use super::context::Context;
use super::decide;
use super::event::Event;
use super::flag::Flag;
use super::list::FlagList;
use super::new_flag::NewFlag;
use super::reference::FlagRef;
use crate::app::App;
use crate::model::Attributes;

/// The flags of an app. Cloning is cheap.
///
/// See the [module](super) for an example.
#[derive(Clone)]
pub struct Flags(Client);

impl App {
    /// Returns the flags, which are created at run time.
    pub fn flags(&self) -> Flags {
        Flags(Client { app: self.clone(), author: None })
    }
}

impl Flags {
    /// Sets the author of all changes that are made with these flags; the name of the program by default.
    #[must_use]
    pub fn author(mut self, author: impl Into<String>) -> Self {
        self.0.author = Some(author.into().into());
        self
    }

    /// Returns `true` if a flag of this name exists, archived or not.
    pub fn exists(&self, name: &str) -> bool {
        self.get(name).exists()
    }

    /// Returns the handle of a flag, whether or not it exists. A handle decides faster than a name.
    pub fn get(&self, name: impl Into<String>) -> Flag {
        Flag::new(FlagRef { client: self.0.clone(), name: name.into().into() })
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
        NewFlag::new(self.0.clone(), name.into(), Event::Create)
    }

    /// Starts the creation of a flag, or a change of the flag if it exists: what the builder does not set stays as it is. An
    /// archived flag is restored. One write, once the result is awaited.
    ///
    /// # Errors
    /// Those of [`create`](Self::create), except that a flag of this name may exist, and
    /// [`Conflict`](crate::ErrorKind::Conflict) if it was changed in the meantime.
    pub fn upsert(&self, name: impl Into<String>) -> NewFlag {
        NewFlag::new(self.0.clone(), name.into(), Event::Upsert)
    }

    /// Starts the creation of a flag with variants: values of any JSON type by name. Once it is enabled, it serves the first one,
    /// until a [bucketer](super::Bucketer::weights), a rule or an override says otherwise.
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
        NewFlag::new(self.0.clone(), name.into(), Event::Create).variants(variants)
    }

    /// Lists the flags that are not archived, sorted by the bytes of their names.
    pub fn list(&self) -> FlagList {
        FlagList::new(self.0.clone())
    }

    /// Returns `true` if a flag is enabled for a subject; `false` if there is no such flag. Counts the use.
    #[inline]
    pub fn is_enabled(&self, name: &str, attributes: &Attributes<'_>) -> bool {
        self.is_enabled_or(name, attributes, false)
    }

    /// Like [`is_enabled`](Self::is_enabled), but returns `default` if there is no such flag.
    #[inline]
    pub fn is_enabled_or(&self, name: &str, attributes: &Attributes<'_>, default: bool) -> bool {
        decide::is_enabled(self.0.app.snapshot_cell(), decide::Key::Name(name), attributes.into()).unwrap_or(default)
    }

    /// Returns the variant of a flag for a subject; `enabled` for a flag without variants. `None` if the flag is disabled for the
    /// subject, or missing. Counts the use.
    pub fn variant(&self, name: &str, attributes: &Attributes<'_>) -> Option<Arc<str>> {
        decide::variant(self.0.app.snapshot_cell(), decide::Key::Name(name), attributes.into())
    }

    /// Returns the value of the variant of a flag for a subject. `None` if the flag is disabled for the subject, has no variants, or
    /// is missing. Counts the use.
    pub fn value(&self, name: &str, attributes: &Attributes<'_>) -> Option<Json> {
        decide::value(self.0.app.snapshot_cell(), decide::Key::Name(name), attributes.into())
    }

    pub(super) fn app(&self) -> &App {
        &self.0.app
    }

    pub(super) fn client(&self) -> &Client {
        &self.0
    }

    /// Creates a context with attributes that all its decisions share.
    pub fn context<'a>(&self, attributes: Attributes<'a>) -> Context<'a> {
        Context::new(self.0.app.snapshot_cell().clone(), attributes)
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flags").field("author", &self.0.author).finish_non_exhaustive()
    }
}
