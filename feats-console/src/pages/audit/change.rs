//! The changes that the revisions of the audit made.

use feats::describe::{FirstDifferences, first_differences};
use feats::model::{Declaration, Entry, Hash, Header, State};
use feats::store::Page;
use feats::{Error, ErrorKind, Result};
use maud::{Markup, html};

use super::merge::AuditEntry;
use crate::components::{address, differences, excerpt, feature_link, isolated, when};

/// The most differences that are shown per revision; a page has many revisions.
pub(super) const MAX_DIFFERENCES: usize = 4;

/// The most characters of a comment that are shown. The history has the whole comment.
const COMMENT_CHARACTERS: usize = 500;

/// A revision compared with the previous one.
pub(super) struct Change<'a> {
    entry: &'a AuditEntry,
    /// The revision, unless it is damaged.
    pub(super) revision: Result<RevisionSummary>,
    /// The differences, unless this revision or the previous one is damaged.
    pub(super) differences: Option<FirstDifferences>,
}

/// The facts about a revision that its header lacks. The state is dropped, because a page has many.
#[derive(Clone, Copy)]
pub(super) struct RevisionSummary {
    pub(super) hash: Hash,
    pub(super) is_removed: bool,
}

/// Reads revisions with their predecessors. It keeps the older revision of the last pair, which is the newer one of the next
/// pair if a history is read in order. So each revision is read and verified once.
#[derive(Default)]
pub(super) struct Reader {
    older: Option<Stored>,
}

/// A stored revision.
struct Stored {
    feature: String,
    version: u64,
    revision: Result<RevisionSummary>,
    /// Empty if the revision is damaged or removes the state.
    state: State,
}

impl Reader {
    /// Compares a revision with the previous one and returns at most `most` differences.
    pub(super) async fn read<'a>(&mut self, entry: &'a AuditEntry, most: usize) -> Result<Change<'a>> {
        let Header { feature, version, time, .. } = &entry.header;
        let kept = self.older.take().filter(|kept| kept.feature == *feature && kept.version == *version);
        let page = match kept {
            Some(_) => Page { before: Some(*version), limit: 1 },
            None => Page { before: version.checked_add(1), limit: 2 },
        };
        let entries = entry.feature.entries(page).await?;
        let mut entries = entries.iter().filter(|entry| entry.version <= *version);
        let after = kept.or_else(|| entries.next().map(Stored::decode));
        self.older = entries.next().map(Stored::decode);
        let none = State::default();
        let (revision, differences) = match (after, &self.older) {
            (None, _) => (Err(missing_revision(entry)), None),
            (Some(Stored { revision: Err(error), .. }), _) => (Err(error), None),
            (Some(after), Some(Stored { revision: Err(_), .. })) => (after.revision, None),
            (Some(after), before) => {
                let before = before.as_ref().map_or(&none, |before| &before.state);
                let differences = first_differences(before, &after.state, *time, most);
                (after.revision, Some(differences))
            }
        };
        Ok(Change { entry, revision, differences })
    }
}

impl Stored {
    fn decode(entry: &Entry) -> Self {
        let (revision, state) = match entry.decode() {
            Ok(revision) => {
                let summary = RevisionSummary { hash: revision.hash(), is_removed: revision.is_removed() };
                let state = match summary.is_removed {
                    true => State::default(),
                    false => State::from_json(revision.state_json()),
                };
                (Ok(summary), state)
            }
            Err(error) => (Err(error), State::default()),
        };
        Self { feature: entry.feature.clone(), version: entry.version, revision, state }
    }
}

impl<'a> Change<'a> {
    /// Compares each revision with the previous one, in order.
    pub(super) async fn read_all(entry: &'a [AuditEntry]) -> Result<Vec<Self>> {
        // One history after another, so that each revision is read once and few states are in memory.
        let mut by_feature: Vec<_> = entry.iter().enumerate().collect();
        by_feature.sort_by(|(_, a), (_, b)| a.header.feature.cmp(&b.header.feature));
        let (mut reader, mut changes) = (Reader::default(), Vec::new());
        for (index, entry) in by_feature {
            changes.push((index, reader.read(entry, MAX_DIFFERENCES).await?));
        }
        changes.sort_by_key(|(index, _)| *index);
        Ok(changes.into_iter().map(|(_, change)| change).collect())
    }

    pub(super) fn header(&self) -> &Header {
        &self.entry.header
    }

    pub(super) fn show(&self) -> Markup {
        let Header { feature, version, author, comment, time, .. } = self.header();
        let declaration = self.entry.feature.declaration();
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
                    (self.details(declaration))
                }
                a.btn.small href=(history) { "History" span.sr { " of " (feature) " at version " (version) } }
            }
        }
    }

    /// The address of the complete comparison.
    fn comparison(&self) -> String {
        let Header { feature, version, .. } = self.header();
        let (from, to) = (version.saturating_sub(1).to_string(), version.to_string());
        address("compare", &[("name", feature), ("from", &from), ("to", &to)])
    }

    fn details(&self, declaration: &Declaration) -> Markup {
        html! {
            @match (&self.revision, &self.differences) {
                (Err(error), _) => p.bad { (error) },
                (Ok(revision), _) if revision.is_removed => p { "State removed: the default is served." },
                (_, None) => p.quiet { "Changes unknown: the previous version is damaged." },
                (_, Some(entry)) if entry.total == 0 => p.quiet { "No change." },
                (_, Some(entry)) => {
                    @let shown = FirstDifferences { total: entry.first.len(), ..entry.clone() };
                    @let more = entry.total.saturating_sub(shown.total);
                    (differences(declaration, &shown, Some(&self.comparison())))
                    @if more > 0 {
                        p.quiet { "and " (more) " more: " a href=(self.comparison()) { "Show all" } }
                    }
                }
            }
        }
    }
}

/// The error if a revision that was listed is no longer in the store.
fn missing_revision(entry: &AuditEntry) -> Error {
    let message = format!("version {} is no longer in the store", entry.header.version);
    Error::new(ErrorKind::NotFound, message).with_feature(&entry.header.feature)
}
