//! Publishing: from a prepared change to an appended revision, or to every reason why not.

use std::iter;
use std::time::Duration;

use fastrand::Rng;
use serde_json::Value as Json;

use super::change::{Change, Foresight, Published, Unknowing};
use super::draft::Draft;
use super::handle::Target;
use super::prepare::{Prepared, prepare};
use crate::error::{Conflict, Error, ErrorKind, Result};
use crate::impact::Impact;
use crate::model::{Entry, State};
use crate::store::{Appended, Expected, Page, Provided, Store, StoreUse};
use crate::sync::{read_catalogs, read_instances};
use crate::tasks::Process;
use crate::text::quoted;

/// How often a write is tried while the store gives no answer.
const TRIES: u32 = 3;

pub(super) async fn preview<T: Target>(change: &Change<T>) -> Result<Impact> {
    Ok(prepare(change).await?.impact)
}

/// The state that would be published; `None` for a tombstone.
pub(super) async fn preview_state<T: Target>(change: &Change<T>) -> Result<Option<State>> {
    Ok(prepare(change).await?.json.as_ref().map(State::from_json))
}

pub(super) async fn foresee<T: Target>(change: &Change<T>) -> Result<Foresight> {
    let Prepared { version, json, impact, .. } = prepare(change).await?;
    let unknown_to = unknowing(change, json.as_ref()).await?;
    let state = json.as_ref().map_or_else(State::default, State::from_json);
    Ok(Foresight { version, state, impact, unknown_to })
}

pub(super) async fn publish<T: Target>(change: &Change<T>) -> Result<Published> {
    let Prepared { version, expected, json, impact, incoming, .. } = prepare(change).await?;
    let feature = change.feature.name();
    if impact.reshuffles() && !change.consent.reshuffle && matches!(change.draft, Draft::Edit(_)) {
        let message = format!("this deals everyone anew and needs a consent (allow_reshuffle):\n{impact}");
        return Err(Error::new(ErrorKind::NeedsConsent, message).with_feature(feature));
    }
    if !change.consent.unknown {
        check_instances(change, json.as_ref()).await?;
    }
    let (app, written) = (change.feature.app(), incoming.entry().clone());
    let (store, id) = (app.0.stores.revisions.store.clone(), written.id.clone());
    let appended = app.call(async move { append(&*store, expected, &written).await }).await;
    match appended.map_err(|error| error.with_feature(feature))? {
        Appended::Conflict(current) if current.as_ref().is_none_or(|current| current.id != id) => {
            let error = conflict(current.as_ref(), expected.version, json.as_ref());
            let replica = app.0.replica.clone();
            let arrival = app.compute(false, move || {
                replica.apply(current.into_iter().collect());
                Ok(())
            });
            // The next edit begins with what is there now.
            let _ = arrival.await;
            app.wait_for_routes(Some(change.feature.position())).await;
            Err(error.with_feature(feature))
        }
        Appended::Done | Appended::Conflict(_) => {
            if !app.0.replica.wrote(change.base.as_ref(), incoming) {
                app.wait_for_routes(Some(change.feature.position())).await;
            }
            Ok(Published::new(version, impact))
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

/// Both sides. `base` is the version that the author saw in the store; if the store has less by now, it has lost that.
pub(super) fn conflict(current: Option<&Entry>, base: u64, yours: Option<&Json>) -> Error {
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
    let (stores, own) = (app.0.stores.clone(), app.0.programs.key().to_owned());
    let is_elsewhere = app.0.programs.are_elsewhere(&app.0.replica);
    if is_elsewhere && !stores.records.as_ref().is_some_and(Provided::is_live) {
        // A pin must not wait for what other programs would have to say.
        tracing::warn!(feature = change.feature.name(), "the store of records is away: no other program is considered");
        return Ok(Vec::new());
    }
    let others = app.call_store(StoreUse::Records, async move {
        let records = stores.records.as_ref();
        let mut instances = read_instances(records).await?;
        instances.retain(|instance| instance.catalog != own);
        let catalogs = if instances.is_empty() { Default::default() } else { read_catalogs(records).await? };
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

/// Random digits and lower-case letters; 20 of them are worth 103 bits.
pub(super) fn random_text(length: usize) -> String {
    text_of(&mut Process::current().random(), length)
}

pub(super) fn text_of(random: &mut Rng, length: usize) -> String {
    iter::repeat_with(|| random.choice(b"0123456789abcdefghijklmnopqrstuvwxyz").copied().unwrap_or(b'0'))
        .take(length)
        .map(char::from)
        .collect()
}
