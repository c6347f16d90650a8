//! A revision in the history.

use feats::model::{Entry, Hash, Revision, State};
use feats::{Dynamic, FeatureHandle, Result, describe};
use maud::{Markup, html};

use crate::components::{MAX_DIFFERENCES, address, differences, excerpt, isolated, rollback_button, when};

/// The most characters of a comment in the list. The comparison page has the whole comment.
const COMMENT_CHARACTERS: usize = 500;

/// The history that contains the revision.
pub(super) struct HistoryContext<'a> {
    pub(super) feature: &'a FeatureHandle<Dynamic>,
    /// The newest version, or 0 if there is none.
    pub(super) newest: u64,
    /// The version that is served, or `None` for the default.
    pub(super) serving: Option<u64>,
    /// `true` for a flag that was destroyed.
    pub(super) is_destroyed: bool,
    /// `true` if the user may roll back.
    pub(super) may_roll_back: bool,
}

impl HistoryContext<'_> {
    /// Renders the rollback button of a version, for users who may roll back, if it is a version that can be restored.
    pub(super) fn rollback_button(&self, version: u64, can_be_restored: bool) -> Markup {
        html! {
            @if self.may_roll_back && can_be_restored && version != self.newest {
                (rollback_button(self.feature.name(), self.newest, version))
            } @else {
                span {}
            }
        }
    }
}

/// A stored revision, which may be damaged.
pub(super) struct Stored {
    pub(super) version: u64,
    pub(super) hash: Hash,
    pub(super) revision: Result<Revision>,
    /// The state; empty if the revision is damaged or removes the state.
    state: State,
}

impl Stored {
    pub(super) fn decode(entry: &Entry) -> Self {
        let revision = entry.decode();
        let state = match &revision {
            Ok(revision) if !revision.is_removed() => State::from_json(revision.state_json()),
            _ => State::default(),
        };
        Self { version: entry.version, hash: entry.hash, revision, state }
    }

    /// The comment, if there is one.
    pub(super) fn comment(&self) -> Option<&str> {
        self.revision.as_ref().ok().map(Revision::comment).filter(|comment| !comment.is_empty())
    }

    /// Renders the revision: author, time, comment and changes.
    pub(super) fn show(&self, history: &HistoryContext<'_>, before: Option<&Stored>) -> Markup {
        html! {
            article.rev.changed[history.serving == Some(self.version)] id={ "v" (self.version) } {
                span.v { span.sr { "Version " } (self.version) }
                div {
                    @match &self.revision {
                        Ok(revision) => {
                            @match self.comment() {
                                Some(comment) => b { (isolated(&excerpt(comment, COMMENT_CHARACTERS))) },
                                None => span.quiet { "no reason given" },
                            }
                            " " (self.tags(history))
                            br;
                            span.quiet { (isolated(author(revision))) ", " (when(revision.time())) }
                            (self.changed(history, before, revision))
                        }
                        Err(error) => {
                            b { "Damaged version" } " " (self.tags(history))
                            p.bad { (error) }
                        }
                    }
                    p.quiet.hash {
                        code title=(self.hash) { (self.hash.to_string().get(..12).unwrap_or_default()) }
                        @if self.version != history.newest && self.revision.is_ok() {
                            " · " a href=(self.rollback_comparison(history)) { "Compare with current" }
                        }
                    }
                }
                (history.rollback_button(self.version, self.can_be_restored(history)))
            }
        }
    }

    /// Returns `true` if a rollback can restore the version. Of a flag, it must have one.
    fn can_be_restored(&self, history: &HistoryContext<'_>) -> bool {
        self.revision.is_ok() && (!history.feature.declaration().flag || self.state.flag.is_some())
    }

    fn tags(&self, history: &HistoryContext<'_>) -> Markup {
        let is_newest = self.version == history.newest;
        let is_serving = history.serving == Some(self.version);
        html! {
            @if is_serving && !history.is_destroyed { span.tag.ok { "live" } " " }
            @if is_newest && !is_serving { span.tag.stop { "quarantined" } " " }
            @if self.state.pinned.is_some() { span.tag.stop { "pinned" } " " }
            @if self.revision.as_ref().is_ok_and(Revision::is_removed) {
                span.tag.warn { @if history.feature.declaration().flag { "destroyed" } @else { "removed" } } " "
            }
        }
    }

    /// Renders the changes, as of the time of publishing.
    fn changed(&self, history: &HistoryContext<'_>, before: Option<&Stored>, revision: &Revision) -> Markup {
        let nothing = State::default();
        let before = match before {
            Some(before) if before.revision.is_err() => {
                return html! { p.quiet { "Changes unknown: the previous version is damaged." } };
            }
            Some(before) => &before.state,
            None => &nothing,
        };
        let differs = describe::first_differences(before, &self.state, revision.time(), MAX_DIFFERENCES);
        html! {
            @if differs.total == 0 {
                @if !revision.is_removed() { p.quiet.same { "No change." } }
            } @else {
                (differences(history.feature.declaration(), &differs, Some(&self.comparison(history))))
            }
        }
    }

    /// The address of the complete comparison with the previous version.
    fn comparison(&self, history: &HistoryContext<'_>) -> String {
        let (from, to) = (self.version.saturating_sub(1).to_string(), self.version.to_string());
        address("compare", &[("name", history.feature.name()), ("from", &from), ("to", &to)])
    }

    /// The address of the comparison with the current version.
    fn rollback_comparison(&self, history: &HistoryContext<'_>) -> String {
        let (from, to) = (history.newest.to_string(), self.version.to_string());
        address("compare", &[("name", history.feature.name()), ("from", &from), ("to", &to)])
    }
}

fn author(revision: &Revision) -> &str {
    match revision.author() {
        "" => "anonymous",
        author => author,
    }
}
