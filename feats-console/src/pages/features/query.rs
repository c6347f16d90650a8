//! The query of the list of features.

use std::sync::Arc;
use std::time::Duration;

use feats::model::{Declaration, FeatureKind};
use feats::{Dynamic, FeatureHandle};
use serde::de::value::StringDeserializer;
use serde::{Deserialize, Deserializer};

use super::list_context::ListContext;
use super::origin::{Origin, OriginCounts};
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
    pub(super) origin: Option<Origin>,
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
    Disabled,
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

/// The result of a query.
#[derive(Default)]
pub(super) struct Found {
    /// The matching features, in the requested order.
    pub(super) features: Vec<MatchedFeature>,
    /// The number of features that match everything but the filter by origin.
    pub(super) matches: OriginCounts,
    /// The number of all features.
    pub(super) totals: OriginCounts,
}

impl FeatureQuery {
    /// Finds the matching features.
    pub(super) fn find(&self, context: &RequestContext, all: &[Arc<Declaration>], list: &ListContext) -> Found {
        let words: Vec<String> = self.q.split_whitespace().map(str::to_lowercase).collect();
        let mut found = Found::default();
        for declared in all {
            let Some(feature) = context.app().find_feature(&declared.name) else { continue };
            let summary = context.console.summaries.get(&feature);
            let origin = Origin::new(feature.declaration(), &summary);
            let matched = MatchedFeature { feature, summary };
            found.totals.add(origin);
            let is_match = (self.kind.is_none() || declared.kind == self.kind)
                && (self.owner.is_none() || declared.owner.as_deref() == self.owner.as_deref())
                && matches_words(declared, &words)
                && self.state.is_none_or(|state| state.matches(&matched, list));
            if is_match {
                found.matches.add(origin);
                if Origin::includes(self.origin, origin) {
                    found.features.push(matched);
                }
            }
        }
        if self.sort == Some(Sort::Changed) {
            // The sort is stable, so features of the same time stay sorted by name.
            let time = |found: &MatchedFeature| found.summary.change.as_ref().map(|change| change.time);
            found.features.sort_by_key(|found| std::cmp::Reverse(time(found)));
        }
        found
    }

    /// Returns the query as parameters of an address, without the page.
    pub(super) fn parameters(&self) -> Vec<(&'static str, &str)> {
        self.parameters_of(self.origin)
    }

    /// Returns the query with another origin as parameters of an address, without the page.
    pub(super) fn parameters_of(&self, origin: Option<Origin>) -> Vec<(&'static str, &str)> {
        let kind = self.kind.as_ref().map_or("", |kind| match kind {
            FeatureKind::Release => "release",
            FeatureKind::Experiment => "experiment",
            FeatureKind::Ops => "ops",
            FeatureKind::Permission => "permission",
        });
        let sort = self.sort.map_or("", Sort::as_str);
        let state = self.state.map_or("", StatusFilter::as_str);
        let owner = self.owner.as_deref().unwrap_or_default();
        let origin = origin.map_or("", Origin::as_str);
        let all = [
            ("q", self.q.as_str()),
            ("kind", kind),
            ("owner", owner),
            ("state", state),
            ("origin", origin),
            ("sort", sort),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Returns `true` if the query has no filters.
    pub(super) fn is_everything(&self) -> bool {
        self.parameters().iter().all(|(name, _)| *name == "sort")
    }
}

impl StatusFilter {
    pub(super) const ALL: [StatusFilter; 6] = [
        StatusFilter::Changed,
        StatusFilter::Stale,
        StatusFilter::Pinned,
        StatusFilter::Quarantined,
        StatusFilter::Experiment,
        StatusFilter::Disabled,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            StatusFilter::Changed => "changed",
            StatusFilter::Stale => "stale",
            StatusFilter::Pinned => "pinned",
            StatusFilter::Quarantined => "quarantined",
            StatusFilter::Experiment => "experiment",
            StatusFilter::Disabled => "disabled",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            StatusFilter::Changed => "Changed this week",
            StatusFilter::Stale => "Stale",
            StatusFilter::Pinned => "Pinned",
            StatusFilter::Quarantined => "Quarantined",
            StatusFilter::Experiment => "Experiment",
            StatusFilter::Disabled => "Disabled flag",
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
            StatusFilter::Disabled => summary.flag.is_some_and(|flag| !flag.enabled),
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
