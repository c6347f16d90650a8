//! Preparing a change: what it makes of the revision that its author saw, checked and compiled.
//!
//! All that takes long happens neither on the caller's executor nor on the app's thread.

use std::collections::BTreeSet;
use std::sync::Arc;

use fastrand::Rng;
use feats_core::__private::{AllocationPlanner, discard_foreign_allocations, unknown_fields};
use serde_json::Value as Json;
use xxhash_rust::xxh3::xxh3_64;

use super::capabilities::missing_capabilities;
use super::change::{Change, PreparedWrite};
use super::draft::{Draft, Step, edited, with_pin};
use super::handle::Target;
use super::publish::{conflict, random_text, text_of};
use super::resumed_experiments::{resumed_experiments, with_touched};
use crate::compile::{Route, Stage};
use crate::error::{Error, Problem, Result};
use crate::impact::Impact;
use crate::model::{Entry, Experiment, FORMAT, Hash, Header, Revision, State};
use crate::runtime::Standing;
use crate::store::{Expected, Page};
use crate::sync::Incoming;
use crate::text::{check_comment, check_name, quoted};

/// What is to be written.
pub(super) struct Prepared {
    pub(super) version: u64,
    /// The revision that it follows.
    pub(super) expected: Expected,
    /// The state; `None` for a tombstone.
    pub(super) json: Option<Json>,
    pub(super) impact: Impact,
    /// The route of an edit or a rollback.
    pub(super) route: Option<Arc<Route>>,
    pub(super) incoming: Incoming,
}

/// What the author saw.
struct Base {
    version: u64,
    hash: Hash,
    json: Option<Json>,
    /// Whether this program cannot use it.
    quarantined: bool,
}

/// Where to read what the author saw.
enum Seen {
    Standing(Option<Arc<Standing>>),
    Stored(Option<Entry>),
}

/// A change that is not checked yet.
struct Drafted {
    base: Base,
    base_state: State,
    result: Resulting,
    problems: Vec<Problem>,
}

/// What a change makes of its base.
enum Resulting {
    /// Nothing: a tombstone.
    Removed,
    /// The base with another pin, everything else verbatim.
    Pinned(Json),
    /// An earlier state, verbatim.
    Restored(Json, State),
    Edited(State),
}

/// Checks and compiles a change.
///
/// # Errors
/// As [`Change::publish`], except for the confirmations.
pub(super) async fn prepare<T: Target>(change: &Change<T>) -> Result<Prepared> {
    let app = change.feature.app();
    let seen = seen(change).await?;
    let earlier = match change.draft {
        Draft::RollbackTo { version, .. } if version > 0 => Some(change.feature.revision_at(version).await?),
        _ => None,
    };
    // A kill switch waits for no other change.
    let is_limited = matches!(change.draft, Draft::Edit(_) | Draft::RollbackTo { .. });
    let owned = change.clone();
    let drafted = app.compute(is_limited, move || Drafted::new(&owned, seen, earlier)).await?;
    let (other_attributes, resumed) = match &drafted.result {
        Resulting::Edited(state) => (other_attributes(change, state).await, resumed(change, &drafted, state).await?),
        Resulting::Restored(_, state) => (Vec::new(), resumed(change, &drafted, state).await?),
        Resulting::Removed | Resulting::Pinned(_) => (Vec::new(), Vec::new()),
    };
    let owned = change.clone();
    app.compute(is_limited, move || drafted.check(&owned, &other_attributes, &resumed)).await
}

async fn resumed<T: Target>(change: &Change<T>, drafted: &Drafted, state: &State) -> Result<Vec<Experiment>> {
    let Drafted { base, base_state, .. } = drafted;
    resumed_experiments(change, (base.version, base.hash), base_state, state).await
}

/// The revision that the author saw: the newest one that had arrived when the change was begun, unless the author says
/// another version.
async fn seen<T: Target>(change: &Change<T>) -> Result<Seen> {
    let arrived = change.base.as_ref().map_or(0, |standing| standing.version);
    let Some(version) = change.expected_version.filter(|version| *version != arrived) else {
        return Ok(Seen::Standing(change.base.clone()));
    };
    let newest = change.feature.entries(Page { before: None, limit: 1 }).await?;
    match newest.first() {
        Some(newest) if newest.version == version => Ok(Seen::Stored(Some(newest.clone()))),
        None if version == 0 => Ok(Seen::Stored(None)),
        newest => Err(conflict(newest, 0, None).with_feature(change.feature.name())),
    }
}

impl Base {
    /// A damaged revision that stands here has no state that could be read, and can be replaced.
    fn read(seen: &Seen) -> Result<Self> {
        let state = |revision: Revision| Some(revision.state_json().clone()).filter(|json| !json.is_null());
        match seen {
            Seen::Standing(Some(standing)) => {
                let json = standing.to_entry().and_then(|entry| state(entry.read().ok()?));
                let quarantined = standing.quarantine.is_some();
                Ok(Self { version: standing.version, hash: standing.hash, json, quarantined })
            }
            Seen::Stored(Some(entry)) => {
                Ok(Self { version: entry.version, hash: entry.hash, json: state(entry.read()?), quarantined: false })
            }
            Seen::Standing(None) | Seen::Stored(None) => {
                Ok(Self { version: 0, hash: Hash::default(), json: None, quarantined: false })
            }
        }
    }
}

impl Drafted {
    fn new<T: Target>(change: &Change<T>, seen: Seen, earlier: Option<Revision>) -> Result<Self> {
        let base = Base::read(&seen)?;
        let declaration = change.feature.declaration();
        let base_state = base.json.as_ref().map_or_else(State::default, State::from_json);
        let mut problems = signature_problems(change);
        let result = match &change.draft {
            Draft::Mixed => {
                problems.push(Problem::new(
                    "",
                    "pin, roll back and remove are changes of their own; publish the edit by itself",
                ));
                Resulting::Removed
            }
            Draft::Remove => Resulting::Removed,
            Draft::Pin(pinned) => {
                if let Some(name) = pinned.as_deref().filter(|name| declaration.position(name).is_none()) {
                    let problem = Problem::new("pinned", format!("no implementation {}", quoted(name)));
                    problems.push(problem.listing(name, declaration.names()));
                }
                let json = base.json.as_ref().unwrap_or(&State::default().to_json()).clone();
                Resulting::Pinned(with_pin(&json, pinned.as_deref()))
            }
            Draft::RollbackTo { unpins, .. } => {
                let empty = State::default().to_json();
                let restored = earlier.as_ref().map_or(&Json::Null, Revision::state_json);
                let pinned = base_state.pinned.as_deref().filter(|_| !unpins);
                let json = with_pin(if restored.is_null() { &empty } else { restored }, pinned);
                let state = State::from_json(&json);
                Resulting::Restored(json, state)
            }
            Draft::Edit(steps) => {
                let replaces = matches!(steps.first(), Some(Step::Replace(_)));
                if base.quarantined && !replaces {
                    let message = format!("version {} is quarantined here and cannot be edited", base.version);
                    problems.push(Problem::new("", format!("{message}; replace it, pin the feature or roll back")));
                }
                let (mut state, step_problems) = edited(&base_state, steps);
                if change.is_untrusted {
                    discard_foreign_allocations(&base_state, &mut state, |place| derived_seed(change, &base, place));
                }
                problems.extend(step_problems);
                problems.extend(unknown_fields(&base_state, &state));
                Resulting::Edited(state)
            }
        };
        Ok(Self { base, base_state, result, problems })
    }

    fn check<T: Target>(
        self,
        change: &Change<T>,
        other_attributes: &[String],
        resumed: &[Experiment],
    ) -> Result<Prepared> {
        let Self { base, base_state, result, mut problems } = self;
        let (version, feature, app) = (base.version.saturating_add(1), &change.feature, change.feature.app());
        let compile = |state: &State, stage| app.0.replica.compile(feature.declaration(), state, stage, version);
        let planner = planner(change, &base_state, &base, resumed);
        let mut route = None;
        let json = match result {
            Resulting::Removed => None,
            Resulting::Pinned(json) => Some(json),
            Resulting::Restored(json, state) => {
                problems.extend(missing_capabilities(app, &base_state, &state));
                let json = with_touched(json, &planner);
                let compiled = compile(&State::from_json(&json), Stage::Stored);
                problems.extend(compiled.problems);
                route = compiled.route;
                Some(json)
            }
            Resulting::Edited(mut state) => {
                problems.extend(compile(&state, Stage::Publish { other_attributes }).problems);
                problems.extend(planner.foreign_seeds(&state));
                problems.extend(missing_capabilities(app, &base_state, &state));
                if problems.is_empty() {
                    planner.plan(&mut state, seeds(change, base.version));
                }
                let json = state.to_json();
                if problems.is_empty() {
                    let compiled = compile(&State::from_json(&json), Stage::Stored);
                    route = compiled.route.filter(|_| compiled.problems.is_empty());
                }
                Some(json)
            }
        };
        let state = json.as_ref().map(State::from_json);
        if let Some(authorize) = &change.authorize {
            authorize(&PreparedWrite { base: &base_state, result: state.as_ref() })?;
        }
        if !problems.is_empty() {
            return Err(Error::invalid(problems).with_feature(feature.name()));
        }
        let impact = planner.impact(&state.unwrap_or_default());
        let header = Header {
            format: FORMAT,
            feature: feature.name().to_owned(),
            version,
            id: random_text(20),
            previous: base.hash,
            author: author(change).to_owned(),
            comment: change.comment.clone(),
            time: app.now(),
        };
        let entry = Entry::write(&header, json.as_ref())?;
        let route = route.map(Arc::new);
        let incoming = app.0.replica.incoming(entry, route.clone());
        let expected = Expected { version: base.version, hash: base.hash };
        Ok(Prepared { version, expected, json, impact, route, incoming })
    }
}

fn planner<'a, T: Target>(
    change: &'a Change<T>,
    base_state: &'a State,
    base: &Base,
    earlier: &'a [Experiment],
) -> AllocationPlanner<'a> {
    let (now, default) = (change.feature.app().now(), change.feature.declaration().default_implementation());
    AllocationPlanner { base: base_state, version: base.version.saturating_add(1), now, default, earlier }
}

fn author<T: Target>(change: &Change<T>) -> &str {
    change.author.as_deref().unwrap_or(&change.feature.app().0.program)
}

fn signature_problems<T: Target>(change: &Change<T>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut check = |path, checked: Result<(), String>| {
        problems.extend(checked.err().map(|message| Problem::new(path, message)));
    };
    check("author", check_name(author(change)));
    check("comment", check_comment(&change.comment));
    problems
}

/// The names of attributes that other programs have: a condition on one is no mistake.
async fn other_attributes<T: Target>(change: &Change<T>, state: &State) -> Vec<String> {
    let own = &change.feature.app().0.replica.attributes;
    let mut named = state.rules.iter().flat_map(|rule| rule.when.attributes());
    if named.all(|name| own.get(name).is_some()) {
        return Vec::new();
    }
    let catalogs = change.feature.app().catalogs().await.unwrap_or_default();
    let names = catalogs.into_values().flat_map(|catalog| catalog.attributes.into_keys());
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// New seeds. A change makes the same ones each time on the same version, so that its preview is what is published; on
/// another version others, since a clone of it may have published the first ones.
fn seeds<T: Target>(change: &Change<T>, base: u64) -> impl FnMut() -> String + use<T> {
    let mut random = Rng::with_seed(change.entropy ^ base);
    move || text_of(&mut random, 16)
}

/// A new seed that follows from the revision that is written on and from the place of the rollout: a draft has the same one at
/// every step, and its author has no choice.
fn derived_seed<T: Target>(change: &Change<T>, base: &Base, place: &str) -> String {
    let named = [base.hash.to_string().as_str(), change.feature.name(), place].join("\n");
    text_of(&mut Rng::with_seed(xxh3_64(named.as_bytes())), 16)
}
