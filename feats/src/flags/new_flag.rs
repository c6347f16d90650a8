//! The creation of flags.

use std::collections::HashSet;
use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;

use feats_core::__private::join;
use serde_json::Value as Json;

use super::bucketer::Bucketer;
use super::client::Client;
use super::condition::Condition;
use super::edit;
use super::event::Event;
use super::flag::Flag;
use super::reference::FlagRef;
use super::write::signed;
use crate::app::Change;
use crate::error::{Error, ErrorKind, Problem, Problems, Result};
use crate::model::{MissingAttribute, State};
use crate::registry::Dynamic;
use crate::runtime::FlagStatus;
use crate::text::quoted;

/// A flag that is created by one write, when it is awaited. See [`Flags::create`](super::Flags::create).
#[must_use = "a flag is created when this is awaited"]
pub struct NewFlag {
    flag: FlagRef,
    event: Event,
    settings: Settings,
    comment: String,
}

/// The settings that the builder names.
#[derive(Default)]
struct Settings {
    enabled: bool,
    client_data: Option<Json>,
    conditions: Vec<Condition>,
    missing_attribute: Option<MissingAttribute>,
    bucketer: Option<Bucketer>,
    /// `None` for a flag without variants.
    variants: Option<Vec<(String, Json)>>,
}

impl NewFlag {
    pub(super) fn new(client: Client, name: String, event: Event) -> Self {
        let flag = FlagRef { client, name: name.into() };
        Self { flag, event, settings: Settings::default(), comment: String::new() }
    }

    /// Enables the flag.
    pub fn enabled(mut self) -> Self {
        self.settings.enabled = true;
        self
    }

    /// Sets the client data: a JSON object of at most 64 KiB.
    pub fn client_data(mut self, data: Json) -> Self {
        self.settings.client_data = Some(data);
        self
    }

    /// Adds a condition.
    pub fn condition(mut self, condition: Condition) -> Self {
        self.settings.conditions.push(condition);
        self
    }

    /// Sets the meaning of a check whose attribute a subject does not have.
    pub fn missing_attribute(mut self, missing: MissingAttribute) -> Self {
        self.settings.missing_attribute = Some(missing);
        self
    }

    /// Sets the bucketer.
    pub fn bucketer(mut self, bucketer: Bucketer) -> Self {
        self.settings.bucketer = Some(bucketer);
        self
    }

    /// Sets the comment: why the flag is created.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = comment.into();
        self
    }

    pub(super) fn variants(mut self, variants: Vec<(String, Json)>) -> Self {
        self.settings.variants = Some(variants);
        self
    }

    /// Returns the creation as a change of the API of features, for example to preview it or to add a permission check. The flag
    /// exists once the change is published.
    ///
    /// ```standalone_crate
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// # let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
    /// let change = app.flags().create("NEW_CHECKOUT").into_change().await?;
    /// assert_eq!(change.preview().await?.version, 1);
    /// assert!(!app.flags().exists("NEW_CHECKOUT"));
    /// change.publish().await?;
    /// assert!(app.flags().exists("NEW_CHECKOUT"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// - [`Invalid`](ErrorKind::Invalid): the name is not valid.
    /// - [`AlreadyExists`](ErrorKind::AlreadyExists): `create`, and a flag has the name; or a feature has it.
    ///
    /// If another program creates the flag before the change is published, publishing fails with a
    /// [conflict](ErrorKind::Conflict).
    pub async fn into_change(self) -> Result<Change<Dynamic>> {
        let Self { flag, event, settings, comment } = self;
        let app = flag.client.app.clone();
        let handle = app.declare_flag(&flag.name).await?;
        let status = handle.flag_status();
        if status.is_flag() && event == Event::Create {
            return Err(already_exists(&flag.name, status));
        }
        let (author, now) = (flag.client.author(), app.now());
        let is_in_source = app.flag_source_owns(&flag.name);
        // As with `set_bucketer`, another bucketer is meant to select other subjects.
        let change = handle.edit().allow_reshuffle().apply(move |state, problems| {
            if state.flag.is_none() {
                let variants = settings.variants.as_deref();
                *state = edit::new_flag(now, &author, variants.unwrap_or_default());
                variants.into_iter().for_each(|variants| check_variants(variants, problems));
            }
            settings.apply(state, problems);
            if is_in_source {
                edit::use_flipper_buckets(state);
            }
        });
        Ok(signed(change, &flag, event, comment, None))
    }

    async fn write(self) -> Result<Flag> {
        let (flag, event) = (self.flag.clone(), self.event);
        match self.into_change().await?.publish().await {
            Ok(_) => Ok(Flag::new(flag)),
            // Another program has created it in the meantime.
            Err(error) if error.is_conflict() && event == Event::Create && flag.status().is_flag() => {
                Err(already_exists(&flag.name, flag.status()).with_source(error))
            }
            Err(error) => Err(error),
        }
    }
}

impl Settings {
    fn apply(&self, state: &mut State, problems: &mut Problems) {
        edit::flag(state, problems, |flag| {
            flag.archived = false;
            flag.enabled |= self.enabled;
        });
        if let Some(data) = &self.client_data {
            edit::merge_client_data(state, problems, data);
        }
        if !self.conditions.is_empty() {
            edit::set_conditions(state, problems, &self.conditions);
        }
        if let Some(missing) = self.missing_attribute {
            edit::set_missing_attribute(state, missing);
        }
        if let Some(bucketer) = &self.bucketer {
            edit::set_bucketer(state, problems, bucketer);
        }
    }
}

/// Reports variants that a state cannot have: none, and several of one name.
fn check_variants(variants: &[(String, Json)], problems: &mut Problems) {
    if variants.is_empty() {
        problems.push(|| Problem::new("values", "a flag with variants needs at least one"));
    }
    let mut names = HashSet::new();
    for (name, _) in variants {
        if !names.insert(name) {
            problems.push(|| Problem::new(join("values", name), "another variant has this name"));
        }
    }
}

fn already_exists(name: &str, status: FlagStatus) -> Error {
    let name = quoted(name);
    let message = match status {
        FlagStatus::Archived => {
            format!("there is a flag named {name} already: it is archived; restore it, or destroy it first")
        }
        _ => format!("there is a flag named {name} already"),
    };
    Error::new(ErrorKind::AlreadyExists, message)
}

impl IntoFuture for NewFlag {
    type Output = Result<Flag>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<Flag>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.write())
    }
}

impl fmt::Debug for NewFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewFlag").field("flag", &self.flag.name).field("event", &self.event).finish_non_exhaustive()
    }
}
