//! The form of a change, and the write that it requests.

use std::sync::Arc;

use feats::model::Declaration;
use feats::{Change, Dynamic, Error, ErrorKind, FeatureHandle, PreparedWrite};

use super::FlagOperation;
use crate::access::{Action, Write, decide};
use crate::draft::{Draft, encode};
use crate::failure::Failure;
use crate::fields::Fields;
use crate::request_context::RequestContext;

/// A change to one feature, based on the version that its author saw.
pub(crate) struct ChangeForm {
    pub(crate) feature: FeatureHandle<Dynamic>,
    /// The version that its author saw; 0 for none.
    pub(crate) base: u64,
    pub(crate) operation: Operation,
    pub(crate) comment: String,
    /// `true` if the author confirms that every user of a rollout is reassigned.
    pub(crate) allow_reshuffle: bool,
    /// `true` if the author confirms a choice that a running program does not know.
    pub(crate) allow_incompatible: bool,
}

/// The operation of a change.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Edit(Box<Draft>),
    Pin(String),
    Unpin,
    RollBack {
        version: u64,
        /// `true` to remove the pin too.
        unpins: bool,
    },
    Remove,
    Flag(FlagOperation),
}

impl ChangeForm {
    /// Parses the form and checks whether the user may request the change. The permission to write the result is checked later,
    /// against the newest state of the store, because this program's copy may be older.
    pub(crate) fn parse(context: &RequestContext, fields: &Fields) -> Result<Self, Failure> {
        // A rollback brings a destroyed flag back.
        let feature = match fields.get("what") {
            "rollback" => context.feature_with_past(fields.get("name"), Action::View)?,
            _ => context.feature(fields.get("name"), Action::View)?,
        };
        let operation = Operation::parse(fields, feature.declaration())?;
        context.require(operation.action(), Some(feature.name()))?;
        if matches!(operation, Operation::Flag(_)) && !feature.declaration().flag {
            return Err(Failure::Unreadable(format!("{} is not a flag.", feature.name())));
        }
        if matches!(operation, Operation::Edit(_)) {
            Draft::check(context, &feature)?;
        }
        let (allow_reshuffle, allow_incompatible) = (fields.has("allow_reshuffle"), fields.has("allow_incompatible"));
        if allow_reshuffle || allow_incompatible {
            context.require(Action::Confirm, Some(feature.name()))?;
        }
        let comment = fields.get("comment").trim().to_owned();
        Ok(Self { base: fields.number("base")?, feature, operation, comment, allow_reshuffle, allow_incompatible })
    }

    /// Creates the change that publishes a draft.
    pub(crate) fn from_draft(feature: &FeatureHandle<Dynamic>, draft: &Draft) -> Self {
        let (base, comment) = (draft.base, draft.comment.clone());
        let operation = Operation::Edit(Box::new(draft.clone()));
        Self { feature: feature.clone(), base, operation, comment, allow_reshuffle: false, allow_incompatible: false }
    }

    /// Builds the change, with the user's permissions. Nothing is published yet.
    ///
    /// # Errors
    /// The flag is archived or was destroyed, or its new client data is not a JSON object.
    pub(crate) fn to_change(&self, context: &RequestContext) -> Result<Change<Dynamic>, Error> {
        let change = match &self.operation {
            Operation::Edit(draft) => self.feature.edit().replace_untrusted(draft.state.clone()),
            Operation::Pin(choice) => self.feature.pin(choice.as_str()),
            Operation::Unpin => self.feature.unpin(),
            Operation::RollBack { version, unpins: false } => self.feature.rollback_to(*version),
            Operation::RollBack { version, unpins: true } => self.feature.rollback_to(*version).with_unpin(),
            Operation::Remove => self.feature.remove_state(),
            Operation::Flag(operation) => {
                operation.write(&context.app().flags().get(self.feature.name()))?.into_change()?
            }
        };
        let change = change.expect_version(self.base).comment(self.comment.as_str());
        let change = change.authorize(self.authorization(context));
        let change = if self.allow_reshuffle { change.allow_reshuffle() } else { change };
        let change = if self.allow_incompatible { change.allow_incompatible() } else { change };
        Ok(match context.actor.name() {
            Some(name) => change.author(name),
            None => change,
        })
    }

    /// Returns the permission check of the write.
    fn authorization(
        &self,
        context: &RequestContext,
    ) -> impl Fn(&PreparedWrite<'_>) -> Result<(), Error> + Send + Sync + use<> {
        let (console, actor) = (Arc::clone(&context.console), context.actor.clone());
        let (feature, action) = (self.feature.name().to_owned(), self.operation.action());
        let confirms = self.allow_reshuffle || self.allow_incompatible;
        move |prepared| {
            let write = Write { action, confirms, base: prepared.base, result: prepared.result };
            decide(&actor, &feature, &write, console.settings.authorize.as_deref()).map_err(|_| denied(&feature))
        }
    }
}

/// The error of a write that the user may not make.
pub(crate) fn denied(feature: &str) -> Error {
    Error::new(ErrorKind::Denied, "the user lacks the permission for this change; nothing was published")
        .with_feature(feature)
}

impl Operation {
    fn parse(fields: &Fields, declaration: &Declaration) -> Result<Self, Failure> {
        if let Some(operation) = FlagOperation::parse(fields) {
            return Ok(Operation::Flag(operation));
        }
        match fields.get("what") {
            "edit" => Ok(Operation::Edit(Box::new(Draft::parse(fields, declaration)?))),
            "pin" => Ok(Operation::Pin(fields.get("choice").to_owned())),
            "unpin" => Ok(Operation::Unpin),
            "rollback" => Ok(Operation::RollBack { version: fields.number("version")?, unpins: fields.has("unpin") }),
            "remove" if declaration.flag => Ok(Operation::Flag(FlagOperation::Destroy)),
            "remove" => Ok(Operation::Remove),
            _ => Err(Failure::Unreadable("The form has no operation.".to_owned())),
        }
    }

    /// The action that the user needs permission for.
    pub(crate) fn action(&self) -> Action {
        match self {
            Operation::Edit(_) | Operation::RollBack { .. } => Action::Publish,
            Operation::Pin(_) | Operation::Unpin => Action::Pin,
            Operation::Remove => Action::Remove,
            Operation::Flag(operation) => operation.action(),
        }
    }

    /// Returns `true` if the button takes something away from users.
    pub(crate) fn is_dangerous(&self) -> bool {
        match self {
            Operation::Pin(_) | Operation::Remove => true,
            Operation::Flag(operation) => operation.is_dangerous(),
            Operation::Edit(_) | Operation::Unpin | Operation::RollBack { .. } => false,
        }
    }

    /// The label of the button.
    pub(crate) fn label(&self, feature: &str) -> String {
        match self {
            Operation::Edit(_) => "Publish".to_owned(),
            Operation::Pin(choice) => format!("Pin everyone to {choice}"),
            Operation::Unpin => "Unpin".to_owned(),
            Operation::RollBack { version, unpins: false } => rollback_label(*version),
            Operation::RollBack { version, unpins: true } => format!("{} and unpin", rollback_label(*version)),
            Operation::Remove => "Remove".to_owned(),
            Operation::Flag(operation) => operation.label(feature),
        }
    }

    /// The hidden fields that repeat the operation in another form, except for client data, which the page shows.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            Operation::Edit(draft) => vec![("what", "edit".to_owned()), ("draft", encode(&draft.state))],
            Operation::Pin(choice) => vec![("what", "pin".to_owned()), ("choice", choice.clone())],
            Operation::Unpin => vec![("what", "unpin".to_owned())],
            Operation::RollBack { version, unpins } => {
                let unpin = unpins.then(|| ("unpin", "yes".to_owned()));
                let fields = [("what", "rollback".to_owned()), ("version", version.to_string())];
                fields.into_iter().chain(unpin).collect()
            }
            Operation::Remove => vec![("what", "remove".to_owned())],
            Operation::Flag(operation) => vec![("what", operation.as_str().to_owned())],
        }
    }
}

/// Version 0 is the state before the first version, so a rollback to it undoes every change.
fn rollback_label(version: u64) -> String {
    if version == 0 { "Undo everything".to_owned() } else { format!("Roll back to version {version}") }
}
