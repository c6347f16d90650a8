//! The form of a change: the write that it asks for.

use std::sync::Arc;

use feats::model::Declaration;
use feats::{Change, Dynamic, Error, ErrorKind, FeatureHandle, PreparedWrite};

use crate::access::{Action, Write, decide};
use crate::draft::{Draft, encode};
use crate::failure::Failure;
use crate::fields::Fields;
use crate::request_context::RequestContext;

/// One change to one feature, on the version that its author saw.
pub(crate) struct ChangeForm {
    pub(crate) feature: FeatureHandle<Dynamic>,
    /// The version that its author saw; 0 for none.
    pub(crate) base: u64,
    pub(crate) operation: Operation,
    pub(crate) comment: String,
    /// Whether the author agrees that everyone of a rollout is dealt anew.
    pub(crate) allow_reshuffle: bool,
    /// Whether the author agrees to a choice that some running program does not know.
    pub(crate) allow_incompatible: bool,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Edit(Box<Draft>),
    Pin(String),
    Unpin,
    RollBack {
        version: u64,
        /// Whether the pin goes too; it stays otherwise.
        unpins: bool,
    },
    Remove,
}

impl ChangeForm {
    /// Reads it, for a user who may ask for it. Whether they may write what comes of it is decided when the state that it is
    /// written on is known: this server's copy may be older.
    pub(crate) fn parse(context: &RequestContext, fields: &Fields) -> Result<Self, Failure> {
        let feature = context.feature(fields.get("name"), Action::View)?;
        let operation = Operation::parse(fields, feature.declaration())?;
        context.require(operation.action(), Some(feature.name()))?;
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

    /// The change that publishes a draft.
    pub(crate) fn from_draft(feature: &FeatureHandle<Dynamic>, draft: &Draft) -> Self {
        let (base, comment) = (draft.base, draft.comment.clone());
        let operation = Operation::Edit(Box::new(draft.clone()));
        Self { feature: feature.clone(), base, operation, comment, allow_reshuffle: false, allow_incompatible: false }
    }

    /// The change, not published yet. It carries the user's permissions.
    pub(crate) fn to_change(&self, context: &RequestContext) -> Change<Dynamic> {
        let change = match &self.operation {
            Operation::Edit(draft) => self.feature.edit().replace_untrusted(draft.state.clone()),
            Operation::Pin(choice) => self.feature.pin(choice.as_str()),
            Operation::Unpin => self.feature.unpin(),
            Operation::RollBack { version, unpins: false } => self.feature.rollback_to(*version),
            Operation::RollBack { version, unpins: true } => self.feature.rollback_to(*version).with_unpin(),
            Operation::Remove => self.feature.remove_state(),
        };
        let change = change.expect_version(self.base).comment(self.comment.as_str());
        let change = change.authorize(self.authorization(context));
        let change = if self.allow_reshuffle { change.allow_reshuffle() } else { change };
        let change = if self.allow_incompatible { change.allow_incompatible() } else { change };
        match context.actor.name() {
            Some(name) => change.author(name),
            None => change,
        }
    }

    /// What decides whether the user may write.
    fn authorization(
        &self,
        context: &RequestContext,
    ) -> impl Fn(&PreparedWrite<'_>) -> Result<(), Error> + Send + Sync + use<> {
        let (console, actor) = (Arc::clone(&context.console), context.actor.clone());
        let (feature, action) = (self.feature.name().to_owned(), self.operation.action());
        let confirms = self.allow_reshuffle || self.allow_incompatible;
        move |prepared| {
            let write = Write { action, confirms, base: prepared.base, result: prepared.result };
            decide(&actor, &feature, &write, console.settings.authorize.as_deref()).map_err(|_| {
                Error::new(ErrorKind::Denied, "this user may not write that; nothing was written")
                    .with_feature(&feature)
            })
        }
    }
}

impl Operation {
    fn parse(fields: &Fields, declaration: &Declaration) -> Result<Self, Failure> {
        match fields.get("what") {
            "edit" => Ok(Operation::Edit(Box::new(Draft::parse(fields, declaration)?))),
            "pin" => Ok(Operation::Pin(fields.get("choice").to_owned())),
            "unpin" => Ok(Operation::Unpin),
            "rollback" => Ok(Operation::RollBack { version: fields.number("version")?, unpins: fields.has("unpin") }),
            "remove" => Ok(Operation::Remove),
            _ => Err(Failure::Unreadable("The form does not say what to do.".to_owned())),
        }
    }

    /// What somebody has to be allowed to do.
    pub(crate) fn action(&self) -> Action {
        match self {
            Operation::Edit(_) | Operation::RollBack { .. } => Action::Publish,
            Operation::Pin(_) | Operation::Unpin => Action::Pin,
            Operation::Remove => Action::Remove,
        }
    }

    /// What the button says that does it.
    pub(crate) fn label(&self) -> String {
        match self {
            Operation::Edit(_) => "Publish".to_owned(),
            Operation::Pin(choice) => format!("Pin everyone to {choice}"),
            Operation::Unpin => "Unpin".to_owned(),
            Operation::RollBack { version, unpins: false } => format!("Roll back to {version}"),
            Operation::RollBack { version, unpins: true } => format!("Roll back to {version} and unpin"),
            Operation::Remove => "Remove".to_owned(),
        }
    }

    /// The fields that say it again in another form.
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
        }
    }
}
