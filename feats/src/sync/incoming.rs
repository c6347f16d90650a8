//! Incoming revisions: what one of them decides without being compiled.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::replica::Replica;
use crate::compile::{Context, Route, Stage, compile};
use crate::model::{Declaration, Entry, Hash, State};
use crate::runtime::Compressed;
use crate::runtime::{FeatureRevision, Uncompiled, Unusable};

/// A revision that arrives, read as far as is needed to know what it decides at once. It is read before any lock is taken.
pub(crate) struct Incoming {
    pub(super) entry: Entry,
    pub(super) shortcut: Shortcut,
    /// Whether its rules have patterns, which take long to compile.
    pub(super) has_patterns: bool,
}

/// What a revision decides before its rules are compiled here.
pub(super) enum Shortcut {
    /// Nothing: what decided before goes on deciding.
    None,
    /// A tombstone: the default.
    Removed,
    /// All of it: its author has compiled it.
    Compiled(Arc<Route>),
    /// Its pin, if it has one.
    Pin(Pin),
}

/// A revision that pins its feature, or that comes after a pin.
pub(super) struct Pin {
    pinned: Option<u16>,
    /// The pin without the rules; `None` if the feature is not pinned.
    route: Option<Arc<Route>>,
    /// The revision that decided when this one was read, if they differ in nothing but the pin.
    same_rules_as: Option<Hash>,
}

/// How a condition names its pattern.
const PATTERN: &str = "\"matches\"";
/// How a state names its pin.
const PINNED: &str = "\"pinned\"";

impl Replica {
    /// Reads a revision. `route` is what its author made of it, if this program wrote it.
    pub(crate) fn incoming(&self, entry: Entry, route: Option<Arc<Route>>) -> Incoming {
        let before = self.features(|features| {
            let position = features.position(&entry.feature)?;
            Some((position, features.get(position)?.clone()))
        });
        let before = before.map(|(position, declaration)| {
            let standing = self.cell.load_full().revision(position).cloned();
            (declaration, standing)
        });
        let shortcut = match (route, before) {
            (Some(route), _) => Shortcut::Compiled(route),
            (None, Some((_, Some(standing)))) if standing.hash == entry.hash => Shortcut::None,
            (None, Some((declaration, standing))) => {
                self.shortcut(&entry, &declaration, standing.as_deref()).unwrap_or(Shortcut::None)
            }
            (None, None) => Shortcut::None,
        };
        Incoming { shortcut, ..Incoming::plain(entry) }
    }

    /// What is damaged or malformed has no shortcut: compiling it finds the problems.
    fn shortcut(&self, entry: &Entry, declaration: &Declaration, before: Option<&FeatureRevision>) -> Option<Shortcut> {
        if entry.removed {
            return entry.decode().is_ok_and(|revision| revision.is_removed()).then_some(Shortcut::Removed);
        }
        if !may_be_pinned(&entry.bytes) && !before.is_some_and(FeatureRevision::is_pinned) {
            return None;
        }
        let revision = entry.decode().ok()?;
        let fields = revision.state_json().as_object()?;
        let (pinned, route) = match fields.get("pinned") {
            None | Some(Json::Null) => (None, None),
            Some(Json::String(name)) => {
                // What can be chosen, and the pin: little to compile, however many rules there are.
                let parts =
                    ["pinned", "values"].iter().filter_map(|key| Some(((*key).to_owned(), fields.get(*key)?.clone())));
                let state = State::from_json(&Json::Object(parts.collect()));
                let (attributes, version) = (&self.attributes, entry.version);
                let compiled = compile(&state, Context { declaration, attributes, stage: Stage::Stored, version });
                let route = compiled.route?;
                (Some(route.choices().position(name)?), Some(Arc::new(route)))
            }
            Some(_) => return None,
        };
        let same_rules_as = before.filter(|before| has_same_rules(fields, before)).map(|before| before.hash);
        Some(Shortcut::Pin(Pin { pinned, route, same_rules_as }))
    }
}

/// Whether there is anything that looks like a pin. Reading all states twice would make the start of large programs slower.
/// A pin that is written in an unusual way has no shortcut, which changes nothing but when it decides.
fn may_be_pinned(bytes: &[u8]) -> bool {
    let values = std::str::from_utf8(bytes).unwrap_or_default().split(PINNED).skip(1);
    values
        .map(str::trim_start)
        .filter_map(|value| value.strip_prefix(':'))
        .any(|value| !value.trim_start().starts_with("null"))
}

/// Whether a state differs from the newest one before it in nothing but the pin.
fn has_same_rules(fields: &Map<String, Json>, before: &FeatureRevision) -> bool {
    let Some(before) = before.to_entry().and_then(|entry| entry.decode().ok()) else { return false };
    let Some(others) = before.state_json().as_object() else { return false };
    let is_other = |(name, _): &(&String, &Json)| *name != "pinned";
    let count = |fields: &Map<String, Json>| fields.iter().filter(is_other).count();
    count(fields) == count(others)
        && fields.iter().filter(is_other).all(|(name, value)| others.get(name) == Some(value))
}

impl Incoming {
    pub(crate) fn entry(&self) -> &Entry {
        &self.entry
    }

    /// A revision that decides nothing before it is compiled.
    pub(super) fn plain(entry: Entry) -> Self {
        let has_patterns = std::str::from_utf8(&entry.bytes).is_ok_and(|text| text.contains(PATTERN));
        Self { entry, shortcut: Shortcut::None, has_patterns }
    }
}

impl Pin {
    /// What the pin makes of the rules that decided before, if it has the same ones. `is_newest` says that no revision waits
    /// that arrived between the two.
    pub(super) fn on_rules_of(
        &self,
        before: &FeatureRevision,
        is_newest: bool,
        entry: &Entry,
    ) -> Option<FeatureRevision> {
        if before.uncompiled.is_some() || self.same_rules_as != Some(before.hash) {
            return None;
        }
        let Some(quarantine) = &before.quarantine else {
            let route = before.route.as_ref()?.with_pin(self.pinned, entry.version);
            return Some(FeatureRevision::good(entry, Some(Arc::new(route))));
        };
        let is_about_pin = quarantine.problems.iter().any(|problem| problem.path().starts_with("pinned"));
        if is_about_pin || !is_newest {
            return None;
        }
        let (problems, last_valid) = (quarantine.problems.clone(), quarantine.last_valid.clone());
        let route = self.route.clone().or_else(|| last_valid.clone());
        let quarantine = Some(Box::new(Unusable { problems, last_valid }));
        Some(FeatureRevision { quarantine, ..FeatureRevision::good(entry, route) })
    }

    /// The pin alone, until the rules are compiled; `None` if the feature is not pinned.
    pub(super) fn alone(&self, before: Option<&FeatureRevision>, entry: &Entry) -> Option<FeatureRevision> {
        let route = self.route.clone()?;
        let last_valid = before.and_then(FeatureRevision::last_valid).cloned();
        let uncompiled = Some(Box::new(Uncompiled { last_valid }));
        Some(FeatureRevision { uncompiled, ..FeatureRevision::good(entry, Some(route)) })
    }
}

impl FeatureRevision {
    /// What stands by a revision that can be used. A tombstone has no route.
    pub(super) fn good(entry: &Entry, route: Option<Arc<Route>>) -> Self {
        let bytes = Compressed::new(&entry.bytes);
        let Entry { version, hash, removed, .. } = *entry;
        Self { version, hash, bytes, route, quarantine: None, uncompiled: None, removed, counters: Box::default() }
    }
}
