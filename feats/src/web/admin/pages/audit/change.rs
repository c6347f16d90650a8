//! One revision of the audit: what it changed.

use maud::{Markup, html};

use super::merge::Found;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Declaration, Entry, Header, Revision, State};
use crate::store::Page;
use crate::web::admin::layout::{address, feature_link};
use crate::web::admin::parts::{differences, excerpt, isolated, when};
use crate::words::{FirstDifferences, first_differences};

/// So many differences of a revision are shown; a page has many revisions.
pub(super) const SHOWN: usize = 4;

/// How much of a comment is shown. The history leads to the whole of it.
const COMMENT_CHARACTERS: usize = 500;

/// A revision beside the one before it.
pub(super) struct Change<'a> {
    found: &'a Found,
    /// The revision, if it is not damaged.
    pub(super) revision: Result<Revision>,
    /// What it changed; nothing can be said if it, or the one before it, is damaged.
    pub(super) differences: Option<FirstDifferences>,
}

impl<'a> Change<'a> {
    pub(super) async fn read(found: &'a Found, most: usize) -> Result<Self> {
        let version = found.header.version;
        let entries = found.feature.entries(Page { before: version.checked_add(1), limit: 2 }).await?;
        let mut revisions = entries.iter().filter(|entry| entry.version <= version).map(Entry::read);
        let revision = revisions.next().unwrap_or_else(|| Err(lost(found)));
        let differences = match (&revision, revisions.next()) {
            (Err(_), _) | (_, Some(Err(_))) => None,
            (Ok(after), None) => Some(first_differences(&State::default(), &state(after), after.time(), most)),
            (Ok(after), Some(Ok(before))) => {
                Some(first_differences(&state(&before), &state(after), after.time(), most))
            }
        };
        Ok(Self { found, revision, differences })
    }

    pub(super) fn header(&self) -> &Header {
        &self.found.header
    }

    pub(super) fn show(&self) -> Markup {
        let Header { feature, version, author, comment, time, .. } = self.header();
        let declaration = self.found.feature.declaration();
        let before = version.saturating_add(1).to_string();
        let history = address("history", &[("name", feature), ("before", &before)]);
        html! {
            article.rev {
                span.v { (version) }
                div {
                    h2 { (feature_link(feature)) }
                    p.quiet {
                        (isolated(author)) ", " (when(*time))
                        @if !comment.is_empty() { " · " (isolated(&excerpt(comment, COMMENT_CHARACTERS))) }
                    }
                    (self.told(declaration))
                }
                a.btn.small href=(history) { "History" span.sr { " of " (feature) " at version " (version) } }
            }
        }
    }

    /// All that it changed.
    fn comparison(&self) -> String {
        let Header { feature, version, .. } = self.header();
        let (from, to) = (version.saturating_sub(1).to_string(), version.to_string());
        address("compare", &[("name", feature), ("from", &from), ("to", &to)])
    }

    fn told(&self, declaration: &Declaration) -> Markup {
        html! {
            @match (&self.revision, &self.differences) {
                (Err(error), _) => p.bad { (error) },
                (Ok(revision), _) if revision.is_removed() => p { "The state was removed: the default decides." },
                (_, None) => p.quiet { "The version before is damaged, so what changed cannot be told." },
                (_, Some(found)) if found.total == 0 => p.quiet { "It says the same as the version before." },
                (_, Some(found)) => {
                    @let shown = FirstDifferences { total: found.first.len(), ..found.clone() };
                    @let more = found.total.saturating_sub(shown.total);
                    (differences(declaration, &shown, Some(&self.comparison())))
                    @if more > 0 {
                        p.quiet { "and " (more) " more, which the history tells: " a href=(self.comparison()) { "show the rest" } }
                    }
                }
            }
        }
    }
}

fn state(revision: &Revision) -> State {
    if revision.is_removed() { State::default() } else { State::from_json(revision.state_json()) }
}

/// The store had it a moment ago.
fn lost(found: &Found) -> Error {
    let message = format!("the store has no version {} any more", found.header.version);
    Error::new(ErrorKind::NotFound, message).with_feature(&found.header.feature)
}
