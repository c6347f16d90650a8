//! The query of the list of features.

use std::sync::Arc;
use std::time::Duration;

use feats::model::{Declaration, FeatureKind};
use feats::{Dynamic, FeatureHandle};
use serde::de::value::StringDeserializer;
use serde::{Deserialize, Deserializer};

use super::list_context::ListContext;
use crate::request_context::RequestContext;
use crate::summaries::Summary;

/// The age limit of the filter “Changed this week”.
const RECENT_CHANGE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The query parameters. Forms submit unused fields as empty strings, which count as absent.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct FeatureQuery {
    pub(super) q: String,
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) kind: Option<FeatureKind>,
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) owner: Option<String>,
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) state: Option<StatusFilter>,
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) sort: Option<Sort>,
    pub(super) page: Option<usize>,
}

/// A filter by status.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StatusFilter {
    Changed,
    Stale,
    Pinned,
    Quarantined,
    Experiment,
}

/// The sort order.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sort {
    Name,
    Changed,
}

/// A feature that matches the query.
pub(super) struct MatchedFeature {
    pub(super) feature: FeatureHandle<Dynamic>,
    pub(super) summary: Arc<Summary>,
}

impl FeatureQuery {
    /// Returns the matching features in the requested order.
    pub(super) fn find(
        &self,
        context: &RequestContext,
        all: &[Arc<Declaration>],
        list: &ListContext,
    ) -> Vec<MatchedFeature> {
        let words: Vec<String> = self.q.split_whitespace().map(str::to_lowercase).collect();
        let declared = all.iter().filter(|feature| self.kind.is_none() || feature.kind == self.kind);
        let declared =
            declared.filter(|feature| self.owner.is_none() || feature.owner.as_deref() == self.owner.as_deref());
        let declared = declared.filter(|feature| matches_words(feature, &words));
        let found = declared.filter_map(|declared| {
            let feature = context.app().feature_named(&declared.name).ok()?;
            let summary = context.console.summaries.get(&feature);
            Some(MatchedFeature { feature, summary })
        });
        let mut found: Vec<MatchedFeature> = match self.state {
            None => found.collect(),
            Some(state) => found.filter(|found| state.matches(found, list)).collect(),
        };
        if self.sort == Some(Sort::Changed) {
            // The sort is stable, so features of the same time stay sorted by name.
            found.sort_by_key(|found| std::cmp::Reverse(found.summary.change.as_ref().map(|change| change.time)));
        }
        found
    }

    /// Returns the query as parameters of an address, without the page.
    pub(super) fn parameters(&self) -> Vec<(&'static str, &str)> {
        let kind = self.kind.as_ref().map_or("", |kind| match kind {
            FeatureKind::Release => "release",
            FeatureKind::Experiment => "experiment",
            FeatureKind::Ops => "ops",
            FeatureKind::Permission => "permission",
        });
        let sort = self.sort.map_or("", Sort::as_str);
        let state = self.state.map_or("", StatusFilter::as_str);
        let owner = self.owner.as_deref().unwrap_or_default();
        let all = [("q", self.q.as_str()), ("kind", kind), ("owner", owner), ("state", state), ("sort", sort)];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Returns `true` if the query has no filters.
    pub(super) fn is_everything(&self) -> bool {
        self.parameters().iter().all(|(name, _)| *name == "sort")
    }
}

impl StatusFilter {
    pub(super) const ALL: [StatusFilter; 5] = [
        StatusFilter::Changed,
        StatusFilter::Stale,
        StatusFilter::Pinned,
        StatusFilter::Quarantined,
        StatusFilter::Experiment,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            StatusFilter::Changed => "changed",
            StatusFilter::Stale => "stale",
            StatusFilter::Pinned => "pinned",
            StatusFilter::Quarantined => "quarantined",
            StatusFilter::Experiment => "experiment",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            StatusFilter::Changed => "Changed this week",
            StatusFilter::Stale => "Stale",
            StatusFilter::Pinned => "Pinned",
            StatusFilter::Quarantined => "Quarantined",
            StatusFilter::Experiment => "Experiment",
        }
    }

    fn matches(self, found: &MatchedFeature, list: &ListContext) -> bool {
        let MatchedFeature { feature, summary } = found;
        match self {
            StatusFilter::Changed => {
                summary.change.as_ref().is_some_and(|change| list.now.since(change.time) < RECENT_CHANGE)
            }
            StatusFilter::Stale => list.stale.contains_key(feature.name()),
            StatusFilter::Pinned => summary.pinned,
            StatusFilter::Quarantined => list.quarantine(feature.name()).is_some(),
            StatusFilter::Experiment => summary.experiment,
        }
    }
}

impl Sort {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Sort::Name => "name",
            Sort::Changed => "changed",
        }
    }
}

/// Returns `true` if the declaration contains every word.
fn matches_words(feature: &Declaration, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let texts = [&*feature.name, &*feature.doc, feature.owner.as_deref().unwrap_or_default()];
    let texts: Vec<String> = texts.into_iter().chain(feature.names()).map(str::to_lowercase).collect();
    words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
}

/// Deserializes an empty string as `None`.
fn empty_as_none<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() { Ok(None) } else { T::deserialize(StringDeserializer::new(text)).map(Some) }
}
