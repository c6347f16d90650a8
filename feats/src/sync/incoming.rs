//! Incoming revisions, and the part of them that takes effect without compiling.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::replica::Replica;
use crate::compile::{Context, Route, Stage, compile};
use crate::model::{Declaration, Entry, Hash, State};
use crate::runtime::{Compressed, FeatureRevision, FlagStatus, QuarantinedRevision, Uncompiled};

/// An incoming revision, parsed as far as needed for what takes effect immediately. It is parsed before any lock is taken.
pub(crate) struct Incoming {
    pub(super) entry: Entry,
    pub(super) shortcut: Shortcut,
    /// `true` if its rules have patterns, which are slow to compile.
    pub(super) has_patterns: bool,
}

/// The part of a revision that takes effect before its rules are compiled.
pub(super) enum Shortcut {
    /// Nothing; the previous revision stays in effect.
    None,
    /// A tombstone; the default takes effect.
    Removed,
    /// The whole revision, which its author has compiled.
    Compiled(Arc<Route>),
    /// The pin or its removal.
    Pin(Pin),
}

/// The pin of a revision, or its removal.
pub(super) struct Pin {
    pinned: Option<u16>,
    /// The pin without the rules; `None` if the feature is not pinned.
    route: Option<Arc<Route>>,
    /// The revision that was in effect when this one was parsed, if both differ only in the pin.
    same_rules_as: Option<Hash>,
}

/// The JSON key of a condition's pattern, with its quotes.
const PATTERN_KEY: &str = "\"matches\"";
/// The JSON key of a state's pin, with its quotes.
const PIN_KEY: &str = "\"pinned\"";

impl Replica {
    /// Parses a revision. `route` is the compiled route, if this program wrote the revision.
    pub(crate) fn incoming(&self, entry: Entry, route: Option<Arc<Route>>) -> Incoming {
        let before = self.features(|features| {
            let position = features.position(&entry.feature)?;
            Some((position, features.get(position)?))
        });
        let before = before.map(|(position, declaration)| {
            let revision = self.cell.load_full().revision(position).cloned();
            (declaration, revision)
        });
        let shortcut = match (route, before) {
            (Some(route), _) => Shortcut::Compiled(route),
            (None, Some((_, Some(revision)))) if revision.hash == entry.hash => Shortcut::None,
            (None, Some((declaration, revision))) => {
                self.shortcut(&entry, &declaration, revision.as_deref()).unwrap_or(Shortcut::None)
            }
            (None, None) => Shortcut::None,
        };
        Incoming { shortcut, ..Incoming::plain(entry) }
    }

    /// Returns the part that takes effect immediately. A damaged or malformed revision has none; compiling it finds the problems.
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
                // A state without rules compiles quickly.
                let parts = ["pinned", "flag", "values"]
                    .iter()
                    .filter_map(|key| Some(((*key).to_owned(), fields.get(*key)?.clone())));
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

/// Returns `true` if the bytes may contain a pin. A cheap check, because parsing all states twice would slow down the start of large
/// programs. A pin with unusual escapes is missed, and takes effect only after compiling.
fn may_be_pinned(bytes: &[u8]) -> bool {
    let values = std::str::from_utf8(bytes).unwrap_or_default().split(PIN_KEY).skip(1);
    values
        .map(str::trim_start)
        .filter_map(|value| value.strip_prefix(':'))
        .any(|value| !value.trim_start().starts_with("null"))
}

/// Returns `true` if a state differs from the previous one only in the pin.
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

    /// Creates an incoming revision of a feature that has just been declared. A tombstone takes effect immediately.
    pub(super) fn new_to_program(entry: Entry) -> Self {
        let is_tombstone = entry.removed && entry.decode().is_ok_and(|revision| revision.is_removed());
        let shortcut = if is_tombstone { Shortcut::Removed } else { Shortcut::None };
        Self { shortcut, ..Self::plain(entry) }
    }

    /// Creates an incoming revision that takes effect only after compiling.
    pub(super) fn plain(entry: Entry) -> Self {
        let has_patterns = std::str::from_utf8(&entry.bytes).is_ok_and(|text| text.contains(PATTERN_KEY));
        Self { entry, shortcut: Shortcut::None, has_patterns }
    }
}

impl Pin {
    /// Applies the pin to the rules of the previous revision, if both have the same rules. `is_newest` means that no revision between
    /// the two is queued.
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
            return Some(FeatureRevision::valid(entry, Some(Arc::new(route))));
        };
        let is_about_pin = quarantine.problems.iter().any(|problem| problem.path().starts_with("pinned"));
        if is_about_pin || !is_newest {
            return None;
        }
        let (problems, last_valid) = (quarantine.problems.clone(), quarantine.last_valid.clone());
        let route = self.route.clone().or_else(|| last_valid.clone());
        let quarantine = Some(Box::new(QuarantinedRevision { problems, last_valid }));
        Some(FeatureRevision { quarantine, ..FeatureRevision::valid(entry, route) })
    }

    /// Returns the pin without rules, until these are compiled; `None` if the feature is not pinned.
    pub(super) fn alone(&self, before: Option<&FeatureRevision>, entry: &Entry) -> Option<FeatureRevision> {
        let route = self.route.clone()?;
        let last_valid = before.and_then(FeatureRevision::last_valid).cloned();
        let uncompiled = Some(Box::new(Uncompiled { last_valid }));
        Some(FeatureRevision { uncompiled, ..FeatureRevision::valid(entry, Some(route)) })
    }
}

impl FeatureRevision {
    /// Creates a revision without problems. A tombstone has no route.
    pub(super) fn valid(entry: &Entry, route: Option<Arc<Route>>) -> Self {
        let (bytes, flag) = (Compressed::new(&entry.bytes), FlagStatus::read(&entry.bytes));
        let Entry { version, hash, removed, .. } = *entry;
        let (quarantine, uncompiled, counters, values) = Default::default();
        Self { version, hash, bytes, route, quarantine, uncompiled, removed, flag, counters, values }
    }
}
