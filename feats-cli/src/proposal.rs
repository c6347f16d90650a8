//! Proposals: changes with their impact, and the results of publishing them.

use std::time::SystemTime;

use feats::describe::{self, Difference, differences};
use feats::impact::Effect;
use feats::model::StatePart;
use feats::warnings::{Warning, WarningKind, warnings};
use feats::{Change, Conflict, Dynamic, Error, ErrorKind, FeatureHandle, Impact, Preview, State, Timestamp};
use serde::Serialize;

use crate::args::Publishing;
use crate::confirm;
use crate::context::{Context, user};
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::output::{Page, Render};

/// A change with author and comment, and its impact.
pub(crate) struct Proposal {
    feature: FeatureHandle<Dynamic>,
    change: Change<Dynamic>,
    /// The version that the change is based on.
    version: u64,
    before: State,
    /// The state that would be published.
    after: State,
    impact: Impact,
    notes: Vec<String>,
}

/// The result of publishing, or of a dry run.
#[derive(Debug, Serialize)]
pub(crate) struct Changed {
    feature: String,
    /// `null` if nothing was published.
    version: Option<u64>,
    /// The version that the change is based on; 0 if there was none.
    based_on: u64,
    impact: Impact,
    /// Values that the command derived from its arguments, such as the shares of implementations that were left out.
    notes: Vec<String>,
    /// Warnings that this change introduces.
    warnings: Vec<Warning>,
    /// The commands that undo the change, in order.
    undo: Vec<String>,
    /// `true` if there was nothing to publish.
    #[serde(skip)]
    is_unchanged: bool,
    #[serde(skip)]
    pinned: bool,
    #[serde(skip)]
    differences: Vec<Difference>,
}

/// Publishes one change, or only shows what it would do.
pub(crate) async fn publish(
    context: &Context,
    feature: &FeatureHandle<Dynamic>,
    change: Change<Dynamic>,
    publishing: &Publishing,
) -> Result<Exit> {
    publish_noted(context, feature, change, publishing, Vec::new()).await
}

/// Like [`publish`], with notes about the values that the command derived from its arguments.
pub(crate) async fn publish_noted(
    context: &Context,
    feature: &FeatureHandle<Dynamic>,
    change: Change<Dynamic>,
    publishing: &Publishing,
    notes: Vec<String>,
) -> Result<Exit> {
    let proposal = Proposal::new(feature, change, publishing).await?.with_notes(notes);
    proposal.finish(context, publishing).await
}

/// Requires confirmation of changes that reassign every unit: by option, or by a question on a terminal.
pub(crate) fn confirm_reshuffle(context: &Context, proposals: &[Proposal], publishing: &Publishing) -> Result<()> {
    let reshuffling: Vec<&Proposal> = proposals.iter().filter(|proposal| proposal.impact.reshuffles()).collect();
    let Some(first) = reshuffling.first().filter(|_| !publishing.allow_reshuffle) else { return Ok(()) };
    let refusal = || {
        let message = format!("this change reassigns every unit at random; nothing was written\n{}", first.impact);
        let error = Error::new(ErrorKind::NeedsConfirmation, message).with_feature(first.feature.name());
        Failure::from(error).hint("confirm with --allow-reshuffle; --dry-run shows the impact")
    };
    let show = |page: &mut Page| reshuffling.iter().for_each(|proposal| proposal.preview().write(page));
    let question = "This reassigns every unit of these rollouts at random. Publish?";
    confirm::confirm(context.output, show, question, refusal)
}

impl Proposal {
    /// Adds author and comment to a change and measures its impact.
    pub(crate) async fn new(
        feature: &FeatureHandle<Dynamic>,
        change: Change<Dynamic>,
        publishing: &Publishing,
    ) -> Result<Self> {
        let (version, before) = (feature.version(), feature.state());
        let mut change = change.comment(&publishing.comment);
        if let Some(author) = publishing.author.clone().or_else(user) {
            change = change.author(author);
        }
        if publishing.allow_incompatible {
            change = change.allow_incompatible();
        }
        let mut preview = change.preview().await.map_err(Failure::from);
        if let Some(expected) = publishing.expect_version {
            change = change.expect_version(expected);
            // A conflict shows the state that the author wanted to publish.
            let yours = preview.as_ref().ok().map(|preview| preview.state.clone());
            preview = change.preview().await.map_err(|error| with_your_side(error, yours.as_ref()));
        }
        let Preview { state: after, impact, .. } = preview?;
        Ok(Self { feature: feature.clone(), change, version, before, after, impact, notes: Vec::new() })
    }

    /// Adds notes about the values that the command derived from its arguments.
    pub(crate) fn with_notes(self, notes: Vec<String>) -> Self {
        Self { notes, ..self }
    }

    /// Publishes the change, or only shows what it would do.
    pub(crate) async fn finish(self, context: &Context, publishing: &Publishing) -> Result<Exit> {
        if publishing.dry_run {
            context.output.show(&self.preview())?;
            return Ok(Exit::Success);
        }
        confirm_reshuffle(context, std::slice::from_ref(&self), publishing)?;
        let changed = self.publish(context).await?;
        context.output.show(&changed)?;
        Ok(Exit::Success)
    }

    /// Like [`finish`](Self::finish), but publishes nothing if the state would not change, so that scripts can repeat a command.
    pub(crate) async fn finish_if_changed(self, context: &Context, publishing: &Publishing) -> Result<Exit> {
        if !self.is_unchanged() {
            return self.finish(context, publishing).await;
        }
        context.output.show(&Changed { is_unchanged: true, ..self.preview() })?;
        Ok(Exit::Success)
    }

    /// Returns `true` if the state would not change, so that publishing would only add a version.
    pub(crate) fn is_unchanged(&self) -> bool {
        self.version > 0
            && self.before == self.after
            && self.feature.revision().is_some_and(|revision| !revision.is_removed())
    }

    pub(crate) fn feature(&self) -> &str {
        self.feature.name()
    }

    /// Returns the result of a dry run.
    pub(crate) fn preview(&self) -> Changed {
        Changed {
            feature: self.feature.name().to_owned(),
            version: None,
            based_on: self.version,
            impact: self.impact.clone(),
            notes: self.notes.clone(),
            warnings: self.warnings(),
            is_unchanged: false,
            pinned: self.after.pinned.is_some(),
            differences: differences(&self.before, &self.after, Timestamp::from(SystemTime::now())),
            undo: Vec::new(),
        }
    }

    /// Publishes the change. The caller has confirmed a reshuffle, if there is one.
    pub(crate) async fn publish(self, context: &Context) -> Result<Changed> {
        let (undo, warnings) = (self.undo(context), self.warnings());
        let published = self.change.allow_reshuffle().publish().await;
        let published = published.map_err(|error| {
            let is_incompatible = error.kind() == ErrorKind::NeedsConfirmation;
            let failure = with_your_side(error, Some(&self.after));
            if is_incompatible { failure.hint("confirm with --allow-incompatible") } else { failure }
        })?;
        Ok(Changed {
            feature: self.feature.name().to_owned(),
            version: Some(published.version()),
            based_on: self.version,
            impact: published.impact().clone(),
            notes: self.notes,
            warnings,
            is_unchanged: false,
            pinned: self.after.pinned.is_some(),
            differences: differences(&self.before, &self.after, Timestamp::from(SystemTime::now())),
            undo,
        })
    }

    /// Returns the warnings that this change introduces, except those about pins, whose effect is shown anyway.
    fn warnings(&self) -> Vec<Warning> {
        let warnings_of =
            |state: &State| warnings(state, self.feature.declaration(), Timestamp::from(SystemTime::now()));
        let known = warnings_of(&self.before);
        let mut new = warnings_of(&self.after);
        new.retain(|warning| {
            let pinned = matches!(warning.kind, WarningKind::Ineffective { .. });
            !pinned && known.iter().all(|known| known.kind != warning.kind)
        });
        new
    }

    /// Returns the commands that undo the change. A rollback does not change the pin, so the pin needs a command of its own.
    fn undo(&self, context: &Context) -> Vec<String> {
        let name = self.feature.name();
        let mut undo = Vec::new();
        if self.before.pinned != self.after.pinned {
            undo.push(match &self.before.pinned {
                Some(pinned) => context.command(&["pin", name, pinned]),
                None => context.command(&["unpin", name]),
            });
        }
        let without_pin = |state: &State| {
            let mut state = state.clone();
            state.pinned = None;
            state
        };
        if self.before.flag.is_none() && self.after.flag.is_some() {
            undo.push(context.command(&["flag", "destroy", name]));
        } else if without_pin(&self.before) != without_pin(&self.after) {
            undo.push(context.command(&["rollback", name, "--to", &self.version.to_string()]));
        }
        undo
    }
}

impl Changed {
    pub(crate) fn name_and_version(&self) -> String {
        format!("{} (version {})", self.feature, self.version.unwrap_or_default())
    }
}

impl Render for Changed {
    fn write(&self, page: &mut Page) {
        if self.is_unchanged {
            page.line(format_args!("{}: unchanged since version {}", self.feature, self.based_on));
            return;
        }
        match self.version {
            Some(version) => page.line(format_args!("{}: published version {version}", self.feature)),
            None => page.line(format_args!("{}: not published (dry run on version {})", self.feature, self.based_on)),
        }
        self.differences.iter().for_each(|difference| page.difference(difference));
        self.notes.iter().for_each(|note| page.item(note));
        if self.impact.lines.is_empty() {
            page.item("no unit moves");
        }
        for line in &self.impact.lines {
            match (&line.part, &line.effect) {
                // The difference shows the effect of a pin.
                (StatePart::Pinned, Effect::Audience) if self.pinned => {}
                (StatePart::Pinned, Effect::Audience) => page.item("the rules apply again"),
                _ => page.item(line),
            }
        }
        if let Some(pinned) = &self.impact.still_pinned {
            page.item(format_args!(
                "everyone stays pinned to {pinned}; this change takes effect when the feature is unpinned"
            ));
        }
        for warning in &self.warnings {
            page.line(format_args!("warning: {}", describe::warning(warning)));
        }
        self.undo.iter().for_each(|command| page.line(format_args!("undo: {command}")));
    }
}

/// Adds the author's state to a conflict. An error of `preview` knows only the current state.
fn with_your_side(error: Error, wanted: Option<&State>) -> Failure {
    let Some(conflict) = error.conflict() else { return error.into() };
    let yours = wanted.map_or_else(|| conflict.yours.clone(), |state| state.to_json().to_string());
    let conflict = Conflict { yours, ..conflict.clone() };
    error.with_conflict(conflict).into()
}
