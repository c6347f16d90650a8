//! Random writes, and a model of what they do.

use std::collections::BTreeMap;

use feats::ErrorKind;
use feats::flags::{Bucketer, Condition, Flags, MissingAttribute};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value as Json, json};

use super::description::{missing, percentage, slots};
use crate::world::wait;

/// A write of a flag.
#[derive(Clone, Debug)]
pub(super) enum Write {
    Create {
        is_enabled: bool,
        client_data: Option<Map<String, Json>>,
    },
    /// Sets the given properties, of a new flag or of the one that exists.
    Upsert {
        enables: bool,
        client_data: Option<Map<String, Json>>,
        level: Option<i64>,
    },
    Enable,
    Disable,
    Archive,
    Restore,
    Destroy,
    SetClientData(Map<String, Json>),
    RemoveClientData(&'static str),
    AddCondition(i64),
    SetConditions(Vec<i64>),
    ClearConditions,
    SetMissingAttribute(MissingAttribute),
    SetBucketer(u32),
    ClearBucketer,
    SetPercentage(u32),
    OverrideFor(i64, bool),
    RemoveOverride(i64),
    Pin(bool),
    Unpin,
    /// Rolls back by a number of versions.
    RollBack(u64),
}

/// A flag as it should be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Model {
    pub(super) is_enabled: bool,
    pub(super) is_archived: bool,
    pub(super) client_data: Map<String, Json>,
    /// The values of `level` that the conditions ask for.
    pub(super) levels: Vec<i64>,
    pub(super) missing: MissingAttribute,
    /// The number of slots.
    pub(super) slots: Option<u32>,
    /// The choices of users.
    pub(super) overrides: BTreeMap<i64, bool>,
    pub(super) pinned: Option<bool>,
}

/// All versions of a flag, oldest first; `None` for a version that destroyed it.
pub(super) type History = Vec<Option<Model>>;

fn choice(is_enabled: bool) -> &'static str {
    if is_enabled { "enabled" } else { "disabled" }
}

fn condition(level: i64) -> Condition {
    Condition::new().check("level", level)
}

impl Write {
    /// Writes, and returns the version.
    pub(super) fn run(&self, flags: &Flags, name: &str, version: u64) -> feats::Result<u64> {
        let flag = flags.get(name);
        let write = match self.clone() {
            Write::Create { is_enabled, client_data } => {
                let mut new = flags.create(name);
                if is_enabled {
                    new = new.enabled();
                }
                if let Some(data) = client_data {
                    new = new.client_data(Json::Object(data));
                }
                return wait(new.comment(self.comment())).map(|flag| flag.meta().version());
            }
            Write::Upsert { enables, client_data, level } => {
                let mut new = flags.upsert(name);
                if enables {
                    new = new.enabled();
                }
                if let Some(data) = client_data {
                    new = new.client_data(Json::Object(data));
                }
                if let Some(level) = level {
                    new = new.condition(condition(level));
                }
                return wait(new.comment(self.comment())).map(|flag| flag.meta().version());
            }
            Write::Enable => flag.enable(),
            Write::Disable => flag.disable(),
            Write::Archive => flag.archive(),
            Write::Restore => flag.restore(),
            Write::Destroy => flag.destroy(),
            Write::SetClientData(data) => flag.set_client_data(Json::Object(data)),
            Write::RemoveClientData(key) => flag.remove_client_data(key),
            Write::AddCondition(level) => flag.add_condition(condition(level)),
            Write::SetConditions(levels) => flag.set_conditions(levels.into_iter().map(condition)),
            Write::ClearConditions => flag.clear_conditions(),
            Write::SetMissingAttribute(missing) => flag.set_missing_attribute(missing),
            Write::SetBucketer(slots) => {
                flag.set_bucketer(Bucketer::consistent(["user"]).percentage(percentage(slots)))
            }
            Write::ClearBucketer => flag.clear_bucketer(),
            Write::SetPercentage(slots) => flag.set_percentage(percentage(slots)),
            Write::OverrideFor(user, is_enabled) => flag.override_for("user", [user], choice(is_enabled)),
            Write::RemoveOverride(user) => flag.remove_override("user", [user]),
            Write::Pin(is_enabled) => flag.pin(choice(is_enabled)),
            Write::Unpin => flag.unpin(),
            Write::RollBack(by) => flag.rollback_to(version.saturating_sub(by)),
        };
        wait(write.comment(self.comment())).map(|published| published.version())
    }

    /// Returns the comment of the write.
    pub(super) fn comment(&self) -> String {
        format!("{self:?}")
    }

    /// Writes to a model. Returns the kind of the error if the write fails.
    pub(super) fn apply(&self, history: &mut History) -> Result<(), ErrorKind> {
        let current = history.last().cloned().flatten();
        if let Write::Create { is_enabled, client_data } = self {
            if current.is_some() {
                return Err(ErrorKind::AlreadyExists);
            }
            let client_data = client_data.clone().unwrap_or_default();
            history.push(Some(Model { is_enabled: *is_enabled, client_data, ..Model::default() }));
            return Ok(());
        }
        if let Write::Upsert { enables, client_data, level } = self {
            let mut flag = current.unwrap_or_default();
            flag.is_enabled |= enables;
            flag.is_archived = false;
            merge(&mut flag.client_data, client_data.clone().unwrap_or_default());
            if let Some(level) = level {
                flag.levels = vec![*level];
            }
            history.push(Some(flag));
            return Ok(());
        }
        if let Write::RollBack(by) = self {
            let version = history.len().saturating_sub(usize::try_from(*by).unwrap());
            if history.is_empty() {
                return Err(ErrorKind::NotFound);
            }
            let Some(earlier) = version.checked_sub(1).and_then(|index| history[index].clone()) else {
                return Err(ErrorKind::Invalid);
            };
            // A rollback keeps the pin.
            let pinned = current.and_then(|flag| flag.pinned);
            history.push(Some(Model { pinned, ..earlier }));
            return Ok(());
        }
        let Some(mut flag) = current else { return Err(ErrorKind::NotFound) };
        if flag.is_archived && !matches!(self, Write::Archive | Write::Restore | Write::Destroy) {
            return Err(ErrorKind::Invalid);
        }
        match self.clone() {
            Write::Create { .. } | Write::Upsert { .. } | Write::RollBack(_) => unreachable!("handled above"),
            Write::Enable => flag.is_enabled = true,
            Write::Disable => flag.is_enabled = false,
            Write::Archive => flag.is_archived = true,
            Write::Restore => flag.is_archived = false,
            Write::Destroy => {
                history.push(None);
                return Ok(());
            }
            Write::SetClientData(data) => merge(&mut flag.client_data, data),
            Write::RemoveClientData(key) => drop(flag.client_data.remove(key)),
            Write::AddCondition(level) => flag.levels.push(level),
            Write::SetConditions(levels) => flag.levels = levels,
            Write::ClearConditions => flag.levels.clear(),
            Write::SetMissingAttribute(missing) => flag.missing = missing,
            Write::SetBucketer(slots) => flag.slots = Some(slots),
            Write::ClearBucketer => flag.slots = None,
            Write::SetPercentage(slots) => {
                let Some(current) = &mut flag.slots else { return Err(ErrorKind::Invalid) };
                *current = slots;
            }
            Write::OverrideFor(user, is_enabled) => drop(flag.overrides.insert(user, is_enabled)),
            Write::RemoveOverride(user) => drop(flag.overrides.remove(&user)),
            Write::Pin(is_enabled) => flag.pinned = Some(is_enabled),
            Write::Unpin => flag.pinned = None,
        }
        history.push(Some(flag));
        Ok(())
    }
}

/// Merges client data. Null removes a key.
fn merge(data: &mut Map<String, Json>, changes: Map<String, Json>) {
    for (key, value) in changes {
        match value {
            Json::Null => drop(data.remove(&key)),
            value => drop(data.insert(key, value)),
        }
    }
}

impl Model {
    /// Decides for a user; `None` where the bucketer decides.
    pub(super) fn decide(&self, user: Option<i64>, level: Option<i64>) -> Option<bool> {
        if let Some(pinned) = self.pinned {
            return Some(pinned);
        }
        if !self.is_enabled || self.is_archived {
            return Some(false);
        }
        if let Some(choice) = user.and_then(|user| self.overrides.get(&user)) {
            return Some(*choice);
        }
        match level {
            Some(level) if self.levels.iter().any(|asked| *asked != level) => return Some(false),
            Some(_) if !self.levels.is_empty() => return Some(true),
            None if self.missing == MissingAttribute::Fail && !self.levels.is_empty() => return Some(false),
            _ => {}
        }
        match self.slots {
            None | Some(feats::model::SLOTS) => Some(true),
            Some(0) => Some(false),
            Some(_) => None,
        }
    }
}

fn client_data() -> impl Strategy<Value = Map<String, Json>> {
    let value = select(vec![json!(1), json!("text"), json!({ "a": 1 }), json!([1, null]), Json::Null]);
    vec((select(vec!["ttl", "team", ""]), value), 0..3)
        .prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

pub(super) fn write() -> impl Strategy<Value = Write> {
    let kept = client_data().prop_map(|data| data.into_iter().filter(|(_, value)| !value.is_null()).collect());
    prop_oneof![
        6 => (any::<bool>(), option::of(kept)).prop_map(|(is_enabled, client_data)| Write::Create { is_enabled, client_data }),
        2 => (any::<bool>(), option::of(client_data()), option::of(0..3_i64))
            .prop_map(|(enables, client_data, level)| Write::Upsert { enables, client_data, level }),
        3 => Just(Write::Enable),
        1 => Just(Write::Disable),
        1 => Just(Write::Archive),
        2 => Just(Write::Restore),
        1 => Just(Write::Destroy),
        2 => client_data().prop_map(Write::SetClientData),
        1 => select(vec!["ttl", "team"]).prop_map(Write::RemoveClientData),
        2 => (0..3_i64).prop_map(Write::AddCondition),
        1 => vec(0..3_i64, 0..3).prop_map(Write::SetConditions),
        1 => Just(Write::ClearConditions),
        1 => missing().prop_map(Write::SetMissingAttribute),
        2 => slots().prop_map(Write::SetBucketer),
        1 => Just(Write::ClearBucketer),
        2 => slots().prop_map(Write::SetPercentage),
        2 => (0..3_i64, any::<bool>()).prop_map(|(user, is_enabled)| Write::OverrideFor(user, is_enabled)),
        1 => (0..3_i64).prop_map(Write::RemoveOverride),
        1 => any::<bool>().prop_map(Write::Pin),
        2 => Just(Write::Unpin),
        2 => (0..5_u64).prop_map(Write::RollBack),
    ]
}
