//! Merges the histories of all features, newest first. Histories are read in batches on demand, so a feature that last changed
//! long ago costs nothing until the search reaches that time.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};

use feats::model::{Header, Timestamp};
use feats::store::Page;
use feats::{Dynamic, Error, FeatureHandle, Problem, Result};

use super::query::{AuditQuery, Position};
use crate::access::Action;
use crate::failure::Failure;
use crate::flag;
use crate::request_context::RequestContext;

/// The size of the first batch of a history. Each further batch is twice as large.
const FIRST_BATCH: usize = 4;
/// The largest batch. Revisions are read completely and can have up to 4 MiB each.
const MAX_BATCH: usize = 32;

/// A merge of histories.
pub(super) struct Merge {
    sources: BinaryHeap<Source>,
    after: Option<Position>,
    /// The number of revisions that may still be skipped.
    skippable: usize,
}

/// A revision: its feature and its header.
pub(super) struct AuditEntry {
    pub(super) feature: FeatureHandle<Dynamic>,
    pub(super) header: Header,
}

/// The result of a search.
pub(super) struct SearchResult {
    pub(super) found: Vec<AuditEntry>,
    /// The position to continue from, or `None` at the end.
    pub(super) next: Option<Position>,
}

/// The history of one feature.
struct Source {
    feature: FeatureHandle<Dynamic>,
    /// The time of the next revision. Before it is read, the time of the revision that follows it, as an upper bound.
    time: Timestamp,
    /// The headers that were read and not returned yet, newest first.
    read: VecDeque<Header>,
    /// Only versions below this one are unread.
    before: u64,
    limit: usize,
    /// `true` if revisions before the position may still follow.
    skips: bool,
}

impl Merge {
    /// Creates a merge of the histories that the user may view. Skips at most `skippable` revisions before the position of the
    /// query.
    pub(super) fn new(context: &RequestContext, query: &AuditQuery, skippable: usize) -> Result<Self, Failure> {
        let after = match query.before.as_deref() {
            Some(text) => {
                let position =
                    text.parse().map_err(|()| Failure::Unreadable("Invalid position in the audit.".into()))?;
                Some(position)
            }
            None => None,
        };
        let declarations = context.declarations();
        let exact = declarations.iter().any(|feature| *feature.name == *query.feature);
        let part = query.feature.to_lowercase();
        let matching = declarations.iter().filter(|feature| match exact {
            true => *feature.name == *query.feature,
            false => feature.name.to_lowercase().contains(&part),
        });
        let matching = matching.filter_map(|declaration| context.app().find_feature(&declaration.name));
        // A flag that was destroyed is found by its exact name only.
        let destroyed = context.feature_with_past(&query.feature, Action::View).ok().filter(flag::is_destroyed);
        let sources = matching.chain(destroyed).filter_map(|feature| {
            let summary = context.console.summaries.get(&feature);
            let change = summary.change.as_ref()?;
            Some(Source::new(feature, change.time, change.version, after.as_ref()))
        });
        Ok(Self { sources: sources.collect(), after, skippable })
    }

    /// Finds at most `limit` revisions that match the query, among at most `max_searched` revisions.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub(super) async fn search(
        &mut self,
        query: &AuditQuery,
        limit: usize,
        max_searched: usize,
    ) -> Result<SearchResult> {
        let (author, text) = (query.author.to_lowercase(), query.text.to_lowercase());
        let mut found: Vec<AuditEntry> = Vec::new();
        let mut last = None;
        for _ in 0..max_searched {
            let Some(next) = self.next().await? else { return Ok(SearchResult { found, next: None }) };
            let position = next.position();
            let header = &next.header;
            if header.author.to_lowercase().contains(&author) && header.comment.to_lowercase().contains(&text) {
                if found.len() == limit {
                    return Ok(SearchResult { found, next: last });
                }
                found.push(next);
                last = Some(position);
            } else if found.len() < limit {
                last = Some(position);
            }
        }
        Ok(SearchResult { found, next: last })
    }

    /// Returns the next revision.
    ///
    /// # Errors
    /// The store cannot be read, or too many revisions precede the position of the query.
    pub(super) async fn next(&mut self) -> Result<Option<AuditEntry>> {
        while let Some(mut source) = self.sources.pop() {
            if let Some(header) = source.read.pop_front() {
                let feature = source.feature.clone();
                if source.has_more() {
                    self.sources.push(source);
                }
                return Ok(Some(AuditEntry { feature, header }));
            }
            source.read(self.after.as_ref(), &mut self.skippable).await?;
            if source.has_more() {
                self.sources.push(source);
            }
        }
        Ok(None)
    }
}

impl AuditEntry {
    pub(super) fn position(&self) -> Position {
        let Header { time, version, feature, .. } = &self.header;
        Position { time: *time, version: *version, feature: feature.clone() }
    }
}

impl Source {
    fn new(feature: FeatureHandle<Dynamic>, time: Timestamp, newest: u64, after: Option<&Position>) -> Self {
        // In the feature of the position, the search continues exactly at its version.
        let own = after.filter(|after| after.feature == feature.name());
        let before = own.map_or_else(|| newest.saturating_add(1), |own| own.version);
        let skips = own.is_none() && after.is_some();
        Self { feature, time, read: VecDeque::new(), before, limit: FIRST_BATCH, skips }
    }

    /// Reads the next batch and skips the revisions before the position.
    async fn read(&mut self, after: Option<&Position>, skippable: &mut usize) -> Result<()> {
        let page = Page { before: Some(self.before), limit: self.limit };
        let entries = self.feature.entries(page).await?;
        self.before = entries.last().map_or(1, |oldest| oldest.version);
        self.limit = (self.limit * 2).min(MAX_BATCH);
        // Damaged revisions have no header and are omitted. Nothing is verified here.
        self.read = entries.iter().filter_map(|entry| serde_json::from_slice(&entry.bytes).ok()).collect();
        while let (true, Some(after), Some(next)) = (self.skips, after, self.read.front()) {
            if (Reverse(next.time), &next.feature) > (Reverse(after.time), &after.feature) {
                self.skips = false;
            } else {
                self.read.pop_front();
                *skippable = skippable.checked_sub(1).ok_or_else(too_far_back)?;
            }
        }
        Ok(())
    }

    /// Updates the time and returns `true` if there are more revisions.
    fn has_more(&mut self) -> bool {
        if let Some(next) = self.read.front() {
            self.time = next.time;
        }
        !self.read.is_empty() || self.before > 1
    }

    /// The sort key; the next source has the greatest.
    fn order(&self) -> (Timestamp, Reverse<&str>) {
        (self.time, Reverse(self.feature.name()))
    }
}

fn too_far_back() -> Error {
    let message = "too many newer changes precede this position; search within one feature instead";
    Error::invalid(vec![Problem::new("before", message)])
}

impl Ord for Source {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for Source {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Source {}
