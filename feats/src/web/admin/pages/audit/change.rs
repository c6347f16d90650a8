//! One revision of the audit: what it changed.

use maud::{Markup, html};

use super::merge::Found;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Declaration, Entry, Header, Revision, State};
use crate::store::Page;
use crate::web::admin::layout::{address, feature_link};
use crate::web::admin::parts::{differences, isolated, when};
use crate::words::{self, Difference};

/// So many differences of a revision are shown; a page has many revisions.
const SHOWN: usize = 4;

/// A revision beside the one before it.
pub(super) struct Change<'a> {
    found: &'a Found,
    /// The revision, if it is not damaged.
    pub(super) revision: Result<Revision>,
    /// What it changed; nothing can be said if it, or the one before it, is damaged.
    pub(super) differences: Option<Vec<Difference>>,
}

impl<'a> Change<'a> {
    pub(super) async fn read(found: &'a Found) -> Result<Self> {
        let version = found.header.version;
        let entries = found.feature.entries(Page { before: version.checked_add(1), limit: 2 }).await?;
        let mut revisions = entries.iter().filter(|entry| entry.version <= version).map(Entry::read);
        let revision = revisions.next().unwrap_or_else(|| Err(lost(found)));
        let differences = match (&revision, revisions.next()) {
            (Err(_), _) | (_, Some(Err(_))) => None,
            (Ok(after), None) => Some(words::differences(&State::default(), &state(after), after.time())),
            (Ok(after), Some(Ok(before))) => Some(words::differences(&state(&before), &state(after), after.time())),
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
                        @if !comment.is_empty() { " · " (isolated(comment)) }
                    }
                    (self.told(declaration))
                }
                a.btn.small href=(history) { "History" span.sr { " of " (feature) " at version " (version) } }
            }
        }
    }

    fn told(&self, declaration: &Declaration) -> Markup {
        html! {
            @match (&self.revision, &self.differences) {
                (Err(error), _) => p.bad { (error) },
                (Ok(revision), _) if revision.is_removed() => p { "The state was removed: the default decides." },
                (_, None) => p.quiet { "The version before is damaged, so what changed cannot be told." },
                (_, Some(found)) if found.is_empty() => p.quiet { "It says the same as the version before." },
                (_, Some(found)) => {
                    @let (shown, more) = found.split_at(found.len().min(SHOWN));
                    (differences(declaration, shown))
                    @if !more.is_empty() { p.quiet { "and " (more.len()) " more, which the history tells" } }
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
