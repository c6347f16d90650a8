//! Proposals: the write that a form asks for.

use std::sync::Arc;

use feats::model::Declaration;
use feats::{Change, Error, ErrorKind, FeatureHandle, Named, PreparedWrite};

use super::access::{Action, Write, decide};
use super::draft::{Draft, encode};
use super::failure::Failure;
use super::fields::Fields;
use super::request_context::RequestContext;

/// One change to one feature, on the version that its author saw.
pub(super) struct Proposal {
    pub(super) feature: FeatureHandle<Named>,
    /// The version that its author saw; 0 for none.
    pub(super) base: u64,
    pub(super) what: What,
    pub(super) comment: String,
    /// Whether the author agrees that everyone of a rollout is dealt anew.
    pub(super) reshuffle: bool,
    /// Whether the author agrees to a choice that some running program does not know.
    pub(super) unknown: bool,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(super) enum What {
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

impl Proposal {
    /// Reads it, for a user who may ask for it. Whether they may write what comes of it is decided when the state that it is
    /// written on is known: this server's copy may be older.
    pub(super) fn read(context: &RequestContext, fields: &Fields) -> Result<Self, Failure> {
        let feature = context.feature(fields.get("name"), Action::View)?;
        let what = What::read(fields, feature.declaration())?;
        context.require(what.action(), Some(feature.name()))?;
        if matches!(what, What::Edit(_)) {
            Draft::check(context, &feature)?;
        }
        let (reshuffle, unknown) = (fields.has("allow_reshuffle"), fields.has("allow_unknown"));
        if reshuffle || unknown {
            context.require(Action::Consent, Some(feature.name()))?;
        }
        let comment = fields.get("comment").trim().to_owned();
        Ok(Self { base: fields.number("base")?, feature, what, comment, reshuffle, unknown })
    }

    /// The proposal to publish a draft.
    pub(super) fn edit(feature: &FeatureHandle<Named>, draft: &Draft) -> Self {
        let (base, comment) = (draft.base, draft.comment.clone());
        let what = What::Edit(Box::new(draft.clone()));
        Self { feature: feature.clone(), base, what, comment, reshuffle: false, unknown: false }
    }

    /// The change, not published yet. It carries the user's permissions.
    pub(super) fn change(&self, context: &RequestContext) -> Change<Named> {
        let change = match &self.what {
            What::Edit(draft) => self.feature.edit().replace_untrusted(draft.state.clone()),
            What::Pin(choice) => self.feature.pin(choice.as_str()),
            What::Unpin => self.feature.unpin(),
            What::RollBack { version, unpins: false } => self.feature.rollback_to(*version),
            What::RollBack { version, unpins: true } => self.feature.rollback_to(*version).with_unpin(),
            What::Remove => self.feature.remove(),
        };
        let change = change.expect_version(self.base).comment(self.comment.as_str());
        let change = change.authorize(self.permission(context));
        let change = if self.reshuffle { change.allow_reshuffle() } else { change };
        let change = if self.unknown { change.allow_unknown() } else { change };
        match context.actor.name() {
            Some(name) => change.author(name),
            None => change,
        }
    }

    /// What decides whether the user may write.
    fn permission(
        &self,
        context: &RequestContext,
    ) -> impl Fn(&PreparedWrite<'_>) -> Result<(), Error> + Send + Sync + use<> {
        let (console, actor) = (Arc::clone(&context.console), context.actor.clone());
        let (feature, action) = (self.feature.name().to_owned(), self.what.action());
        let confirms = self.reshuffle || self.unknown;
        move |prepared| {
            let write = Write { action, confirms, base: prepared.base, result: prepared.result };
            decide(&actor, &feature, &write, console.settings.authorize.as_deref()).map_err(|_| {
                Error::new(ErrorKind::Denied, "this user may not write that; nothing was written")
                    .with_feature(&feature)
            })
        }
    }
}

impl What {
    fn read(fields: &Fields, declaration: &Declaration) -> Result<Self, Failure> {
        match fields.get("what") {
            "edit" => Ok(What::Edit(Box::new(Draft::read(fields, declaration)?))),
            "pin" => Ok(What::Pin(fields.get("choice").to_owned())),
            "unpin" => Ok(What::Unpin),
            "rollback" => Ok(What::RollBack { version: fields.number("version")?, unpins: fields.has("unpin") }),
            "remove" => Ok(What::Remove),
            _ => Err(Failure::Unreadable("The form does not say what to do.".to_owned())),
        }
    }

    /// What somebody has to be allowed to do.
    pub(super) fn action(&self) -> Action {
        match self {
            What::Edit(_) | What::RollBack { .. } => Action::Publish,
            What::Pin(_) | What::Unpin => Action::Pin,
            What::Remove => Action::Remove,
        }
    }

    /// What the button says that does it.
    pub(super) fn verb(&self) -> String {
        match self {
            What::Edit(_) => "Publish".to_owned(),
            What::Pin(choice) => format!("Pin everyone to {choice}"),
            What::Unpin => "Unpin".to_owned(),
            What::RollBack { version, unpins: false } => format!("Roll back to {version}"),
            What::RollBack { version, unpins: true } => format!("Roll back to {version} and unpin"),
            What::Remove => "Remove".to_owned(),
        }
    }

    /// The fields that say it again in another form.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            What::Edit(draft) => vec![("what", "edit".to_owned()), ("draft", encode(&draft.state))],
            What::Pin(choice) => vec![("what", "pin".to_owned()), ("choice", choice.clone())],
            What::Unpin => vec![("what", "unpin".to_owned())],
            What::RollBack { version, unpins } => {
                let unpin = unpins.then(|| ("unpin", "yes".to_owned()));
                let fields = [("what", "rollback".to_owned()), ("version", version.to_string())];
                fields.into_iter().chain(unpin).collect()
            }
            What::Remove => vec![("what", "remove".to_owned())],
        }
    }
}
