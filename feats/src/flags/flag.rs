//! Handles of flags.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde_json::Value as Json;

use super::bucketer::Bucketer;
use super::condition::Condition;
use super::decide::{self, Key};
use super::edit;
use super::event::Event;
use super::meta::FlagMeta;
use super::reference::FlagRef;
use super::variants;
use super::write::{Action, FlagWrite};
use crate::app::{Change, Decision, FeatureHandle};
use crate::error::Result;
use crate::explain::Trace;
use crate::model::{Attributes, MissingAttribute, Revision, Timestamp, Value};
use crate::registry::{Dynamic, ImplementationName};
use crate::runtime::Position;

/// The handle of a flag, whether or not it exists. Cloning is cheap.
///
/// Each change is one write, made when the result is awaited, on the newest revision that has arrived in this program. If another
/// program has written since, the change fails with a [conflict](crate::ErrorKind::Conflict) that has both sides.
///
/// # Errors
/// All changes have the errors of [`Change::publish`], and
/// - [`NotFound`](crate::ErrorKind::NotFound): there is no such flag;
/// - [`Invalid`](crate::ErrorKind::Invalid): the change has problems, or the flag is archived;
/// - [`Refused`](crate::ErrorKind::Refused): a listener refused the change.
#[derive(Clone)]
pub struct Flag {
    reference: FlagRef,
    position: OnceLock<Position>,
}

impl Flag {
    pub(super) fn new(reference: FlagRef) -> Self {
        Self { reference, position: OnceLock::new() }
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.reference.name
    }

    /// Returns `true` if the flag exists, archived or not.
    pub fn exists(&self) -> bool {
        self.reference.status().is_flag()
    }

    /// Returns `true` if the flag is enabled for a subject; `false` if it does not exist. Counts the use.
    #[inline]
    pub fn is_enabled(&self, attributes: &Attributes<'_>) -> bool {
        self.is_enabled_or(attributes, false)
    }

    /// Like [`is_enabled`](Self::is_enabled), but returns `default` if the flag does not exist.
    #[inline]
    pub fn is_enabled_or(&self, attributes: &Attributes<'_>, default: bool) -> bool {
        decide::is_enabled(self.reference.client.app.snapshot_cell(), self.key(), attributes.into()).unwrap_or(default)
    }

    /// Returns the variant for a subject; see [`Flags::variant`](super::Flags::variant).
    pub fn variant(&self, attributes: &Attributes<'_>) -> Option<Arc<str>> {
        decide::variant(self.reference.client.app.snapshot_cell(), self.key(), attributes.into())
    }

    /// Returns the value for a subject; see [`Flags::value`](super::Flags::value).
    pub fn value(&self, attributes: &Attributes<'_>) -> Option<Json> {
        decide::value(self.reference.client.app.snapshot_cell(), self.key(), attributes.into())
    }

    /// Returns the flag as a feature; also one that was destroyed, for its history.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound): the name was never used.
    pub fn as_feature(&self) -> Result<FeatureHandle<Dynamic>> {
        self.reference.handle()
    }

    /// Decides for a subject, with the reason. Records nothing.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound): the name was never used.
    pub fn explain(&self, attributes: &Attributes<'_>) -> Result<Decision<ImplementationName>> {
        Ok(self.reference.handle()?.explain(attributes))
    }

    /// Explains the decision for a subject step by step. Records nothing.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound): the name was never used.
    pub fn trace(&self, attributes: &Attributes<'_>) -> Result<Trace> {
        Ok(self.reference.handle()?.trace(attributes))
    }

    /// Returns the client data as a JSON object; empty if there is none.
    pub fn client_data(&self) -> Json {
        edit::client_data(&self.revision().map(|revision| revision.state()).unwrap_or_default())
    }

    /// Returns the metadata.
    pub fn meta(&self) -> FlagMeta {
        let revision = self.revision();
        let flag = revision.as_ref().and_then(|revision| revision.state().flag);
        let epoch = Timestamp::from_millis(0);
        FlagMeta {
            created_at: flag.as_ref().map_or(epoch, |flag| flag.created_at),
            is_enabled: flag.as_ref().is_some_and(|flag| flag.enabled),
            is_archived: flag.as_ref().is_some_and(|flag| flag.archived),
            created_by: flag.map(|flag| flag.created_by).unwrap_or_default(),
            changed_at: revision.as_ref().map_or(epoch, Revision::time),
            changed_by: revision.as_ref().map_or_else(String::new, |revision| revision.author().to_owned()),
            version: revision.as_ref().map_or(0, Revision::version),
        }
    }

    /// Returns all revisions, newest first. The history outlives the flag.
    ///
    /// # Errors
    /// The store cannot be read, or a revision is damaged.
    pub async fn history(&self) -> Result<Vec<Revision>> {
        match self.reference.handle() {
            Ok(handle) => handle.history().await,
            Err(_) => Ok(Vec::new()),
        }
    }

    /// Starts an edit with the API of features, for everything that a state can say.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound): there is no such flag.
    pub fn edit(&self) -> Result<Change<Dynamic>> {
        Ok(self.reference.client.signed(self.reference.existing()?.edit()))
    }

    /// Enables the flag: its conditions and its bucketer decide.
    pub fn enable(&self) -> FlagWrite {
        self.write(
            Event::Enable,
            Action::edit(|state, problems| edit::flag(state, problems, |flag| flag.enabled = true)),
        )
    }

    /// Disables the flag for everyone, unless it is pinned. Its conditions and its bucketer are kept.
    pub fn disable(&self) -> FlagWrite {
        self.write(
            Event::Disable,
            Action::edit(|state, problems| edit::flag(state, problems, |flag| flag.enabled = false)),
        )
    }

    /// Archives the flag: it is disabled and listed apart, and can be [restored](Self::restore). Until then, it cannot be changed.
    pub fn archive(&self) -> FlagWrite {
        self.write(
            Event::Archive,
            Action::edit(|state, problems| edit::flag(state, problems, |flag| flag.archived = true)),
        )
    }

    /// Restores the flag from the archive as it was.
    pub fn restore(&self) -> FlagWrite {
        self.write(
            Event::Restore,
            Action::edit(|state, problems| edit::flag(state, problems, |flag| flag.archived = false)),
        )
    }

    /// Removes the flag. Its history is kept, and its name can be used again.
    pub fn destroy(&self) -> FlagWrite {
        self.write(Event::Destroy, Action::Destroy)
    }

    /// Merges client data: a JSON object of at most 64 KiB altogether. `null` removes a key.
    pub fn set_client_data(&self, data: Json) -> FlagWrite {
        self.write(
            Event::SetClientData,
            Action::edit(move |state, problems| edit::merge_client_data(state, problems, &data)),
        )
    }

    /// Replaces all client data with a JSON object of at most 64 KiB.
    ///
    /// ```standalone_crate
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// # let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
    /// use serde_json::json;
    ///
    /// let flag = app.flags().create("NEW_CHECKOUT").client_data(json!({ "ttl": 60 })).await?;
    /// flag.replace_client_data(json!({ "team": "cart" })).await?;
    /// assert_eq!(flag.client_data(), json!({ "team": "cart" }));
    /// # Ok(()) }
    /// ```
    pub fn replace_client_data(&self, data: Json) -> FlagWrite {
        self.write(
            Event::SetClientData,
            Action::edit(move |state, problems| edit::replace_client_data(state, problems, &data)),
        )
    }

    /// Removes a key of the client data.
    pub fn remove_client_data(&self, key: impl Into<String>) -> FlagWrite {
        self.set_client_data(Json::Object([(key.into(), Json::Null)].into_iter().collect()))
    }

    /// Adds a condition. All conditions must be met.
    pub fn add_condition(&self, condition: Condition) -> FlagWrite {
        self.write(
            Event::AddCondition,
            Action::edit(move |state, problems| edit::add_condition(state, problems, &condition)),
        )
    }

    /// Replaces all conditions.
    pub fn set_conditions(&self, conditions: impl IntoIterator<Item = Condition>) -> FlagWrite {
        let conditions: Vec<Condition> = conditions.into_iter().collect();
        self.write(
            Event::SetConditions,
            Action::edit(move |state, problems| edit::set_conditions(state, problems, &conditions)),
        )
    }

    /// Removes all conditions.
    pub fn clear_conditions(&self) -> FlagWrite {
        self.set_conditions([])
    }

    /// Sets the meaning of a check whose attribute a subject does not have.
    pub fn set_missing_attribute(&self, missing: MissingAttribute) -> FlagWrite {
        self.write(
            Event::SetMissingAttribute,
            Action::edit(move |state, _| edit::set_missing_attribute(state, missing)),
        )
    }

    /// Sets the bucketer. One with the same attributes as before keeps as many subjects as the percentages allow; another one
    /// reassigns every subject, without a confirmation.
    pub fn set_bucketer(&self, bucketer: Bucketer) -> FlagWrite {
        self.write(
            Event::SetBucketer,
            Action::edit(move |state, problems| edit::set_bucketer(state, problems, &bucketer)),
        )
    }

    /// Removes the bucketer, so that the flag is enabled for everyone whom its conditions do not exclude. A flag with variants then serves
    /// the first one by name.
    pub fn clear_bucketer(&self) -> FlagWrite {
        self.write(Event::SetBucketer, Action::edit(|state, _| edit::clear_bucketer(state)))
    }

    /// Sets the percentage of the bucketer, from 0 to 100 with at most four decimals. Ends its ramp.
    pub fn set_percentage(&self, percentage: f64) -> FlagWrite {
        self.write(
            Event::SetPercentage,
            Action::edit(move |state, problems| edit::set_percentage(state, problems, percentage)),
        )
    }

    /// Adds a variant, or replaces its value. It is served once a bucketer, a rule or an override says so.
    ///
    /// The first variant of a flag that has none takes the place of `enabled`: everyone who was served `enabled` is served the variant.
    ///
    /// ```standalone_crate
    /// # use feats::{App, attributes};
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// # let app = App::builder().store(feats::store::Memory::new()).detached().start().await?;
    /// let theme = app.flags().create("THEME").enabled().await?;
    /// theme.set_variant("light", json!("#fff")).await?;
    /// theme.set_variant("dark", json!("#000")).await?;
    /// theme.override_for("user_id", [42], "dark").await?;
    /// assert_eq!(theme.value(&attributes! { "user_id" => 1 }), Some(json!("#fff")));
    /// assert_eq!(theme.value(&attributes! { "user_id" => 42 }), Some(json!("#000")));
    /// # Ok(()) }
    /// ```
    pub fn set_variant(&self, name: impl Into<String>, value: Json) -> FlagWrite {
        let name = name.into();
        self.write(
            Event::SetVariants,
            Action::edit(move |state, problems| variants::set_variant(state, problems, &name, &value)),
        )
    }

    /// Removes a variant. One that is still served somewhere is a problem, with the paths of these places, and so is the last one.
    pub fn remove_variant(&self, name: impl Into<String>) -> FlagWrite {
        let name = name.into();
        self.write(
            Event::SetVariants,
            Action::edit(move |state, problems| variants::remove_variant(state, problems, &name)),
        )
    }

    /// Serves a variant, `enabled` or `disabled` to the subjects with one of these values of an attribute, regardless of conditions
    /// and the bucketer. Of several overrides that apply to a subject, the first one listed decides.
    pub fn override_for<V: Into<Value<'static>>>(
        &self,
        attribute: impl Into<String>,
        values: impl IntoIterator<Item = V>,
        choice: impl Into<String>,
    ) -> FlagWrite {
        let (attribute, choice) = (attribute.into(), choice.into());
        let values: Vec<Value<'static>> = values.into_iter().map(Into::into).collect();
        self.write(
            Event::SetOverrides,
            Action::edit(move |state, _| edit::override_for(state, &attribute, &values, &choice)),
        )
    }

    /// Removes the overrides for these values of an attribute.
    pub fn remove_override<V: Into<Value<'static>>>(
        &self,
        attribute: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> FlagWrite {
        let attribute = attribute.into();
        let values: Vec<Value<'static>> = values.into_iter().map(Into::into).collect();
        self.write(Event::SetOverrides, Action::edit(move |state, _| edit::remove_override(state, &attribute, &values)))
    }

    /// Serves a variant, `enabled` or `disabled` to everyone, even if the flag is disabled, until it is unpinned.
    pub fn pin(&self, choice: impl Into<String>) -> FlagWrite {
        self.write(Event::Pin, Action::Pin(Some(choice.into())))
    }

    /// Removes the pin.
    pub fn unpin(&self) -> FlagWrite {
        self.write(Event::Unpin, Action::Pin(None))
    }

    /// Restores the state of an earlier version, verbatim. The pin is unchanged. This also works for a flag that was destroyed.
    pub fn rollback_to(&self, version: u64) -> FlagWrite {
        self.write(Event::Rollback, Action::RollbackTo(version))
    }

    fn write(&self, event: Event, action: Action) -> FlagWrite {
        FlagWrite::new(self.reference.clone(), event, action)
    }

    #[inline]
    fn key(&self) -> Key<'_> {
        Key::Handle(&self.reference.name, &self.position)
    }

    fn revision(&self) -> Option<Revision> {
        self.reference.existing().ok()?.revision()
    }
}

impl fmt::Debug for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Flag").field(&self.reference.name).finish()
    }
}
