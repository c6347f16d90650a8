//! Summaries of features for lists. Reading a thousand states for one page would take too long, so a summary is cached until
//! the feature has a new revision.

use std::sync::{Arc, OnceLock};

use feats::describe::{self, RichText};
use feats::model::{DISABLED, Declaration, Hash, Quarantine, Selector, State, Timestamp};
use feats::{Dynamic, FeatureHandle};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::cache::Cache;
use super::components::Share;

/// A cache of summaries, stamped with the hash of the summarized revision. It has at most one entry per feature.
pub(super) struct Summaries(Cache<Arc<str>, Option<Hash>, Arc<Summary>>);

/// The part of a summary that needs no complete state: the last change, and the fields that lists filter by.
#[derive(Default)]
pub(super) struct Summary {
    /// The last change, or `None` if nothing was published.
    pub(super) change: Option<Change>,
    pub(super) pinned: bool,
    pub(super) experiment: bool,
    /// The state of a flag; `None` for a feature of the code.
    pub(super) flag: Option<FlagSummary>,
    live: OnceLock<Arc<CurrentSummary>>,
}

/// The state of a flag, as lists show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(default)]
pub(super) struct FlagSummary {
    pub(super) enabled: bool,
    pub(super) archived: bool,
}

/// The author, time and comment of a revision.
pub(super) struct Change {
    pub(super) version: u64,
    pub(super) author: String,
    pub(super) comment: String,
    pub(super) time: Timestamp,
}

/// A summary of the live state.
pub(super) struct CurrentSummary {
    pub(super) sentence: RichText,
    /// The share of each implementation, or empty if it depends on the users.
    pub(super) shares: Vec<Share>,
}

/// The part of a revision that summaries need. The state is parsed separately, because it may be any JSON.
#[derive(Deserialize)]
struct PartialRevision {
    version: u64,
    author: String,
    comment: String,
    time: Timestamp,
    state: Box<RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PartialState {
    pinned: Option<String>,
    rules: Vec<PartialRule>,
    otherwise: Option<PartialSelector>,
    flag: Option<FlagSummary>,
}

#[derive(Deserialize)]
struct PartialRule {
    select: PartialSelector,
}

#[derive(Deserialize)]
struct PartialSelector {
    experiment: Option<IgnoredAny>,
}

impl Summaries {
    /// Returns the summary of a feature's newest revision.
    pub(super) fn get(&self, feature: &FeatureHandle<Dynamic>) -> Arc<Summary> {
        let hash = feature.hash();
        if let Some((_, cached)) = self.0.get(feature.name()).filter(|(cached, _)| *cached == hash) {
            return cached;
        }
        let summary = Arc::new(Summary::decode(feature));
        self.0.insert(feature.declaration().name.clone(), hash, Arc::clone(&summary));
        summary
    }
}

impl Default for Summaries {
    fn default() -> Self {
        Self(Cache::new(usize::MAX))
    }
}

impl Summary {
    fn decode(feature: &FeatureHandle<Dynamic>) -> Self {
        let Some(partial) =
            feature.entry().and_then(|entry| serde_json::from_slice::<PartialRevision>(&entry.bytes).ok())
        else {
            return Self::default();
        };
        let state: PartialState = serde_json::from_str(partial.state.get()).unwrap_or_default();
        let mut selects = state.rules.iter().map(|rule| &rule.select).chain(&state.otherwise);
        Self {
            change: Some(Change {
                version: partial.version,
                author: partial.author,
                comment: partial.comment,
                time: partial.time,
            }),
            pinned: state.pinned.is_some(),
            experiment: selects.any(|select| select.experiment.is_some()),
            flag: state.flag.filter(|_| feature.declaration().flag),
            live: OnceLock::new(),
        }
    }

    /// Returns the summary of the live state at `now`. It is cached unless a ramp will change it.
    pub(super) fn live(
        &self,
        feature: &FeatureHandle<Dynamic>,
        quarantine: Option<&Quarantine>,
        now: Timestamp,
    ) -> Arc<CurrentSummary> {
        if let (Some(live), None) = (self.live.get(), quarantine) {
            return Arc::clone(live);
        }
        let (declaration, state) = (feature.declaration(), feature.state());
        let sentence = describe::live(declaration, &state, quarantine, now);
        let shares = if quarantine.is_none() { shares(declaration, &state, now) } else { Vec::new() };
        let live = Arc::new(CurrentSummary { sentence, shares });
        if quarantine.is_none() && !is_moving(&state, now) {
            // A concurrent request can only have set the same value.
            let _ = self.live.set(Arc::clone(&live));
        }
        live
    }
}

/// Returns `true` if a ramp has not ended.
fn is_moving(state: &State, now: Timestamp) -> bool {
    let selects = state.rules.iter().map(|rule| &rule.select).chain(&state.otherwise);
    let mut ends = selects.filter_map(|select| Some(select.rollout()?.ramp.as_ref()?.span()?.1));
    ends.any(|end| now < end)
}

/// Computes the share of each implementation, or returns none if it depends on the users.
fn shares(declaration: &Declaration, state: &State, now: Timestamp) -> Vec<Share> {
    if let Some(pinned) = &state.pinned {
        return vec![Share::new(pinned, 100.0)];
    }
    if state.flag.as_ref().is_some_and(|flag| !flag.is_active()) {
        return vec![Share::new(DISABLED, 100.0)];
    }
    if !state.overrides.is_empty() {
        return Vec::new();
    }
    let select = match state.rules.first() {
        Some(rule) if rule.when.is_always() => Some(&rule.select),
        Some(_) => return Vec::new(),
        None => state.otherwise.as_ref(),
    };
    match select {
        None => vec![Share::new(declaration.default_implementation(), 100.0)],
        Some(Selector::Static(name)) => vec![Share::new(name, 100.0)],
        Some(Selector::Rollout(rollout)) => Share::from_slots(declaration, &rollout.allocation_at(now)),
        // Sticky assignments and the entering share, or the attributes of the users, determine the split.
        Some(Selector::Experiment(_) | Selector::Gate(_)) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use feats::App;
    use tower::ServiceExt;

    use super::super::state::ConsoleState;
    use super::super::{Console, routes};
    use super::*;

    #[tokio::test]
    async fn a_list_reads_only_the_states_on_its_page() {
        let app = App::builder().detached();
        let app = (0..120).fold(app, |app, index| app.declare(Declaration::new(&format!("F{index:03}"), ["a", "b"])));
        let console = Arc::new(ConsoleState::new(app.start().await.expect("an app starts"), Console::new()));
        let router: Router = routes(console.clone());
        let read = || console.summaries.0.values().iter().filter(|summary| summary.live.get().is_some()).count();
        for (address, expected) in [("/features", 50), ("/features?sort=changed", 50), ("/features?page=3", 70)] {
            let request = Request::get(address).body(Body::empty()).expect("a request");
            let answer = router.clone().oneshot(request).await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(read(), expected, "{address}");
        }
        assert_eq!(console.summaries.0.values().len(), 120);
    }
}
