//! Publishing: from a draft to an appended revision, or to every reason why not.

use std::collections::{BTreeSet, HashMap};
use std::iter;
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Map, Value as Json};
use xxhash_rust::xxh3::xxh3_64;

use super::change::{Change, Foresight, PreparedWrite, Published, Unknowing};
use super::draft::{Draft, Step, edited, with_pin};
use super::handle::Target;
use super::returning::{returning_experiments, with_touched};
use crate::engine::{Context, Stage, Standing, compile};
use crate::error::{Conflict, Error, ErrorKind, Problem, Result, quoted};
use crate::model::{
    Declaration, Entry, Experiment, FORMAT, Hash, Header, Impact, Rule, Settling, State, discard_foreign_allocations,
    join, limits,
};
use crate::store::{Appended, Expected, Page, Store};
use crate::sync::{read_catalogs, read_instances};

/// How often a write is tried while the store gives no answer.
const TRIES: u32 = 3;

/// What the author saw.
struct Base {
    version: u64,
    hash: Hash,
    json: Option<Json>,
    /// Whether this program cannot use it.
    quarantined: bool,
}

/// What is to be written.
struct Prepared {
    base: Base,
    /// `None` for a tombstone.
    json: Option<Json>,
    impact: Impact,
}

pub(super) async fn preview<T: Target>(change: &Change<T>) -> Result<Impact> {
    Ok(prepare(change).await?.impact)
}

/// The version and the state that would be published; `None` for a tombstone.
pub(super) async fn preview_state<T: Target>(change: &Change<T>) -> Result<(u64, Option<State>)> {
    let prepared = prepare(change).await?;
    Ok((prepared.base.version + 1, prepared.json.as_ref().map(State::from_json)))
}

pub(super) async fn foresee<T: Target>(change: &Change<T>) -> Result<Foresight> {
    let Prepared { base, json, impact } = prepare(change).await?;
    let unknown_to = unknowing(change, json.as_ref()).await?;
    let state = json.as_ref().map_or_else(State::default, State::from_json);
    Ok(Foresight { version: base.version + 1, state, impact, unknown_to })
}

pub(super) async fn publish<T: Target>(change: &Change<T>) -> Result<Published> {
    let prepared = prepare(change).await?;
    let feature = change.feature.name();
    if prepared.impact.reshuffles() && !change.consent.reshuffle && matches!(change.draft, Draft::Edit(_)) {
        let message = format!("this deals everyone anew and needs a consent (allow_reshuffle):\n{}", prepared.impact);
        return Err(Error::new(ErrorKind::NeedsConsent, message).with_feature(feature));
    }
    if !change.consent.unknown {
        check_instances(change, prepared.json.as_ref()).await?;
    }
    let app = change.feature.app();
    let header = Header {
        format: FORMAT,
        feature: feature.to_owned(),
        version: prepared.base.version + 1,
        id: random_text(20),
        previous: prepared.base.hash,
        author: author(change).to_owned(),
        comment: change.comment.clone(),
        time: app.now(),
    };
    let entry = Entry::write(&header, prepared.json.as_ref())?;
    let expected = Expected { version: prepared.base.version, hash: prepared.base.hash };
    let (store, written) = (app.0.store.clone(), entry.clone());
    let appended = app.call(async move { append(&*store, expected, &written).await }).await;
    match appended.map_err(|error| error.with_feature(feature))? {
        Appended::Conflict(current) if current.as_ref().is_none_or(|current| current.id != entry.id) => {
            let error = conflict(current.as_ref(), prepared.base.version, prepared.json.as_ref());
            app.0.replica.apply(current.into_iter().collect());
            Err(error.with_feature(feature))
        }
        Appended::Done | Appended::Conflict(_) => {
            let version = entry.version;
            app.0.replica.wrote(change.base.as_ref(), entry);
            Ok(Published::new(version, prepared.impact))
        }
    }
}

/// Appends, and tries again while there is no answer: a write that succeeded is recognised by its id, also if somebody
/// has gone on from it already.
pub(super) async fn append(store: &dyn Store, expected: Expected, entry: &Entry) -> Result<Appended> {
    let mut tries = 0;
    loop {
        tries += 1;
        match store.append(expected, entry).await {
            Err(error) if error.is_unavailable() && tries < TRIES => {
                let pause = Duration::from_millis(50 << tries).mul_f64(fastrand::f64());
                tokio::time::sleep(pause).await;
            }
            Ok(Appended::Conflict(Some(current))) if tries > 1 && current.version > entry.version => {
                let written = is_written(store, entry).await?;
                return Ok(if written { Appended::Done } else { Appended::Conflict(Some(current)) });
            }
            result => return result,
        }
    }
}

async fn is_written(store: &dyn Store, entry: &Entry) -> Result<bool> {
    let page = Page { before: entry.version.checked_add(1), limit: 1 };
    Ok(store.history(&entry.feature, page).await?.first().is_some_and(|found| found.id == entry.id))
}

async fn prepare<T: Target>(change: &Change<T>) -> Result<Prepared> {
    let base = base(change).await?;
    let declaration = change.feature.declaration();
    let base_state = base.json.as_ref().map_or_else(State::default, State::from_json);
    let mut problems = signature_problems(change);
    let mut returning = Vec::new();
    let json = match &change.draft {
        Draft::Mixed => {
            problems.push(Problem::new(
                "",
                "pin, roll back and remove are changes of their own; publish the edit by itself",
            ));
            None
        }
        Draft::Remove => None,
        Draft::Pin(pinned) => {
            if let Some(name) = pinned.as_deref().filter(|name| declaration.position(name).is_none()) {
                let problem = Problem::new("pinned", format!("no implementation {}", quoted(name)));
                problems.push(problem.meaning(name, declaration.names()));
            }
            Some(with_pin(base.json.as_ref().unwrap_or(&State::default().to_json()), pinned.as_deref()))
        }
        Draft::RollbackTo { version, unpins } => {
            let earlier = match version {
                0 => None,
                version => Some(change.feature.revision_at(*version).await?),
            };
            let empty = State::default().to_json();
            let restored = earlier.as_ref().map_or(&Json::Null, |revision| revision.state_json());
            let pinned = base_state.pinned.as_deref().filter(|_| !unpins);
            let json = with_pin(if restored.is_null() { &empty } else { restored }, pinned);
            let compiled =
                compile(&State::from_json(&json), context(change, declaration, base.version + 1, Stage::Stored));
            problems.extend(compiled.problems);
            returning =
                returning_experiments(change, (base.version, base.hash), &base_state, &State::from_json(&json)).await?;
            Some(with_touched(json, &settling(change, &base_state, &base, &returning)))
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
            let other_attributes = other_attributes(change, &state).await;
            let stage = Stage::Publish { other_attributes: &other_attributes };
            problems.extend(compile(&state, context(change, declaration, base.version + 1, stage)).problems);
            returning = returning_experiments(change, (base.version, base.hash), &base_state, &state).await?;
            let settling = settling(change, &base_state, &base, &returning);
            problems.extend(settling.foreign_seeds(&state));
            if problems.is_empty() {
                settling.settle(&mut state, seeds(change, base.version));
            }
            Some(state.to_json())
        }
    };
    if let Some(authorize) = &change.authorize {
        let result = json.as_ref().map(State::from_json);
        authorize(&PreparedWrite { base: &base_state, result: result.as_ref() })?;
    }
    if !problems.is_empty() {
        return Err(Error::invalid(problems).with_feature(change.feature.name()));
    }
    let state = json.as_ref().map_or_else(State::default, State::from_json);
    let impact = settling(change, &base_state, &base, &returning).impact(&state);
    Ok(Prepared { base, json, impact })
}

fn context<'a, T: Target>(
    change: &'a Change<T>,
    declaration: &'a Declaration,
    version: u64,
    stage: Stage<'a>,
) -> Context<'a> {
    Context { declaration, attributes: &change.feature.app().0.replica.attributes, stage, version }
}

fn settling<'a, T: Target>(
    change: &'a Change<T>,
    base_state: &'a State,
    base: &Base,
    earlier: &'a [Experiment],
) -> Settling<'a> {
    let (now, default) = (change.feature.app().now(), change.feature.declaration().default_implementation());
    Settling { base: base_state, version: base.version + 1, now, default, earlier }
}

/// The revision that the author saw: the newest one that had arrived when the change was begun, unless the author says
/// another version.
async fn base<T: Target>(change: &Change<T>) -> Result<Base> {
    let seen = change.base.as_ref().map_or(0, |standing| standing.version);
    match change.expected_version {
        Some(version) if version != seen => {
            let newest = change.feature.entries(Page { before: None, limit: 1 }).await?;
            match newest.first() {
                Some(newest) if newest.version == version => {
                    let revision = newest.read()?;
                    let json = Some(revision.state_json().clone()).filter(|json| !json.is_null());
                    Ok(Base { version, hash: newest.hash, json, quarantined: false })
                }
                None if version == 0 => Ok(Base { version: 0, hash: Hash::default(), json: None, quarantined: false }),
                newest => Err(conflict(newest, 0, None).with_feature(change.feature.name())),
            }
        }
        _ => Ok(change.base.as_deref().map_or_else(
            || Base { version: 0, hash: Hash::default(), json: None, quarantined: false },
            Base::standing,
        )),
    }
}

impl Base {
    /// A damaged revision has no state that could be read, and can be replaced.
    fn standing(standing: &Standing) -> Self {
        let revision = standing.to_entry().and_then(|entry| entry.read().ok());
        let json = revision.map(|revision| revision.state_json().clone()).filter(|json| !json.is_null());
        let quarantined = standing.quarantine.is_some();
        Self { version: standing.version, hash: standing.hash, json, quarantined }
    }
}

/// Both sides. `base` is the version that the author saw in the store; if the store has less by now, it has lost that.
fn conflict(current: Option<&Entry>, base: u64, yours: Option<&Json>) -> Error {
    let revision = current.and_then(|entry| entry.read().ok());
    let text = |json: Option<&Json>| json.map_or_else(|| "null".to_owned(), Json::to_string);
    let conflict = Conflict {
        version: current.map_or(0, |entry| entry.version),
        author: revision.as_ref().map_or_else(String::new, |revision| revision.author().to_owned()),
        comment: revision.as_ref().map_or_else(String::new, |revision| revision.comment().to_owned()),
        theirs: text(revision.as_ref().map(|revision| revision.state_json())),
        yours: text(yours),
    };
    let message = match current {
        Some(entry) if entry.version >= base => format!(
            "somebody published in between: version {} by {} stands now; look at it and publish again",
            entry.version,
            quoted(&conflict.author)
        ),
        None if base == 0 => "the feature has no revision; look at it and publish again".to_owned(),
        current => {
            let has =
                current.map_or_else(|| "no version".to_owned(), |entry| format!("only version {}", entry.version));
            let anew = conflict.version;
            format!(
                "the store was emptied or restored: it has {has} of this feature, while version {base} decides here; \
                 `feats restore` puts that back, and expect_version({anew}) begins anew on what the store has"
            )
        }
    };
    Error::new(ErrorKind::Conflict, message).with_conflict(conflict)
}

fn author<T: Target>(change: &Change<T>) -> &str {
    change.author.as_deref().unwrap_or(&change.feature.app().0.program)
}

fn signature_problems<T: Target>(change: &Change<T>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Err(message) = limits::check_name(author(change)) {
        problems.push(Problem::new("author", message));
    }
    if change.comment.chars().nth(limits::COMMENT).is_some() {
        problems.push(Problem::new("comment", format!("a comment has at most {} characters", limits::COMMENT)));
    }
    problems
}

/// Fields that no version knows are mistakes, unless the base revision had them: then a newer version put them there.
fn unknown_fields(base: &State, state: &State) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut check =
        |path: &str, known: &[&'static str], fields: &Map<String, Json>, before: Option<&Map<String, Json>>| {
            for key in fields.keys().filter(|key| before.is_none_or(|before| !before.contains_key(*key))) {
                let problem = Problem::new(join(path, key), format!("no field {}", quoted(key)));
                problems.push(problem.meaning(key, known.iter().copied()));
            }
        };
    check("", &["pinned", "overrides", "rules", "otherwise"], &state.unknown, Some(&base.unknown));
    for (at, entry) in state.overrides.iter().enumerate() {
        let before =
            base.overrides.iter().find(|known| (&known.segment, &known.choice) == (&entry.segment, &entry.choice));
        let known = &["segment", "of", "values", "use"];
        check(&format!("overrides[{at}]"), known, &entry.unknown, before.map(|known| &known.unknown));
    }
    let rules: HashMap<&str, &Rule> = base.rules.iter().map(|rule| (rule.name.as_str(), rule)).collect();
    for (at, rule) in state.rules.iter().enumerate() {
        let before = rules.get(rule.name.as_str());
        check(&format!("rules[{at}]"), &["name", "when", "select"], &rule.unknown, before.map(|known| &known.unknown));
    }
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

/// A choice that a running instance of another program does not know would quarantine the state there.
async fn check_instances<T: Target>(change: &Change<T>, json: Option<&Json>) -> Result<()> {
    match unknowing(change, json).await?.first() {
        None => Ok(()),
        Some(unknowing) => {
            let message = format!("{unknowing}; publishing it needs a consent (allow_unknown)");
            Err(Error::new(ErrorKind::NeedsConsent, message).with_feature(change.feature.name()))
        }
    }
}

/// The running programs that do not know a choice of the state that a change would publish.
async fn unknowing<T: Target>(change: &Change<T>, json: Option<&Json>) -> Result<Vec<Unknowing>> {
    let Some(json) = json else { return Ok(Vec::new()) };
    let app = change.feature.app();
    let (store, own) = (app.0.store.clone(), app.0.programs.key().to_owned());
    let others = app.call(async move {
        let mut instances = read_instances(&*store).await?;
        instances.retain(|instance| instance.catalog != own);
        let catalogs = if instances.is_empty() { Default::default() } else { read_catalogs(&*store).await? };
        Ok((instances, catalogs))
    });
    let (instances, catalogs) = others.await?;
    let state = State::from_json(json);
    let unknowing = instances.into_iter().filter_map(|instance| {
        let catalog = catalogs.get(&instance.catalog)?;
        let declared = catalog.features.iter().find(|feature| *feature.name == *change.feature.name())?;
        let choice = choices(&state).find(|name| declared.position(name).is_none())?.to_owned();
        Some(Unknowing { instance, choice })
    });
    Ok(unknowing.collect())
}

/// Every implementation that a state names.
fn choices(state: &State) -> impl Iterator<Item = &str> {
    let overridden = state.overrides.iter().map(|known| known.choice.as_str());
    let selected = state.selectors().flat_map(|(_, selector)| selector.choices());
    iter::empty().chain(state.pinned.as_deref()).chain(overridden).chain(selected)
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

/// Random digits and lower-case letters; 20 of them are worth 103 bits.
pub(super) fn random_text(length: usize) -> String {
    text_of(&mut Rng::new(), length)
}

fn text_of(random: &mut Rng, length: usize) -> String {
    iter::repeat_with(|| random.choice(b"0123456789abcdefghijklmnopqrstuvwxyz").copied().unwrap_or(b'0'))
        .take(length)
        .map(char::from)
        .collect()
}
