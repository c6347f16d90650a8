//! Who may import whom in `feats`.

use std::collections::BTreeMap;

use super::paths::{references, uses};
use super::source::Source;
use super::{Problem, Tree};

const CRATE: &str = "feats/src/";
const FRONT_DOOR: &str = "feats/src/lib.rs";

/// What every room may import.
const EVERYWHERE: &[&str] = &["error", "text"];

/// What each room may import, beside itself, `error` and `text`. Rooms further down may import more. `room::name` admits that
/// name of the room alone.
///
/// `edit` and `app` are one room with two doors: an edit is addressed to what `app` calls a target.
const ROOMS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("error", &[]),
    ("tasks", &[]),
    ("model", &[]),
    ("engine", &["model"]),
    ("registry", &["model"]),
    ("store", &["model"]),
    ("exposure", &["store", "engine", "model", "tasks"]),
    ("usage", &["store", "engine", "model", "exposure::Health", "tasks"]),
    ("sync", &["store", "engine", "model", "exposure::Tally", "exposure::Health", "tasks"]),
    ("scope", &["engine", "model"]),
    ("edit", &["app", "registry", "model"]),
    ("app", &["edit", "scope", "exposure", "usage", "sync", "store", "registry", "engine", "model", "tasks"]),
    ("words", &["model", "engine::trace", "engine::Reason", "sync::Quarantine"]),
    ("testing", &["app", "scope", "registry", "model"]),
    ("private", &["app", "edit", "scope", "registry", "model", "engine::Outcome"]),
    (
        "web",
        &[
            "app",
            "words",
            "usage",
            "scope::Scope",
            "scope::Scoped",
            "exposure",
            "store::Page",
            "sync",
            "model",
            "engine::Outcome",
            "engine::Reason",
            "engine::trace",
        ],
    ),
    ("flags", &["app", "model", "engine::Outcome", "engine::Reason"]),
    ("openfeature", &["app", "model", "engine::Outcome", "engine::Reason"]),
    ("documents", &[]),
];

/// Every path in `feats/src` leads where its room may go.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let names = names_at_the_root(tree);
    let mut problems = Vec::new();
    for (path, source) in tree.rust(CRATE).filter(|(path, _)| *path != FRONT_DOOR) {
        let module = module(path);
        let Some(allowed) = module.first().and_then(|room| allowed(room)) else {
            problems.push(Problem::new(path, 1, "this room has no line in the table of xtask/src/tidy/rooms.rs"));
            continue;
        };
        for reference in references(&source, &module, "feats") {
            let target = resolve(&reference.parts, &names);
            if !may_import(&module, allowed, &target) {
                let (room, target) = (module.first().unwrap_or(&""), target.join("::"));
                let allowed = [EVERYWHERE, allowed].concat().join(", ");
                let message = format!("{room} may not import `{target}`; it may import {allowed}");
                problems.push(Problem::new(path, reference.line, message));
            }
        }
    }
    problems
}

fn allowed(room: &str) -> Option<&'static [&'static str]> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed)
}

fn may_import(module: &[&str], allowed: &[&str], target: &[String]) -> bool {
    let Some(room) = target.first() else { return true };
    let item = target.iter().take(2).map(String::as_str).collect::<Vec<_>>().join("::");
    module.first() == Some(&room.as_str())
        || EVERYWHERE.contains(&room.as_str())
        || allowed.iter().any(|name| name == room || *name == item)
}

/// The modules that lead to a file: `feats/src/store/sql/mod.rs` is `store::sql`.
fn module(path: &str) -> Vec<&str> {
    let path = path.strip_prefix(CRATE).unwrap_or(path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    path.strip_suffix("/mod").unwrap_or(path).split('/').collect()
}

/// A path through the front door leads to the room behind it.
fn resolve(parts: &[String], names: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    match parts.first() {
        Some(first) if first == "__private" => vec!["private".to_owned()],
        Some(first) if allowed(first).is_none() => names.get(first).unwrap_or(&parts.to_vec()).clone(),
        _ => parts.to_vec(),
    }
}

/// What the front door and exported macros put at the root of the crate, and where it really is.
fn names_at_the_root(tree: &Tree) -> BTreeMap<String, Vec<String>> {
    let mut names = BTreeMap::new();
    if let Some(root) = tree.get(FRONT_DOOR) {
        let paths = uses(&Source::read(root)).into_iter().map(|reference| reference.parts);
        names.extend(paths.filter_map(|parts| Some((parts.last()?.clone(), parts))));
    }
    for (path, source) in tree.rust(CRATE) {
        for window in source.tokens.windows(3) {
            if let [macro_rules, _, name] = window
                && macro_rules.text == "macro_rules"
            {
                let home = [module(path).as_slice(), &[name.text]].concat();
                // A macro of the front door belongs to no room, and everyone may use it.
                let home = if path == FRONT_DOOR { &[] } else { home.as_slice() };
                names.insert(name.text.to_owned(), home.iter().map(|part| (*part).to_owned()).collect());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::said;

    #[test]
    fn a_room_imports_only_what_stands_below_it() {
        let model = ("feats/src/model/value.rs", "use crate::error::Error;\nuse super::time;\nuse std::fmt;");
        let app = ("feats/src/app/mod.rs", "use crate::{engine::evaluate, store::Store, registry};");
        assert!(said(check, [model, app]).is_empty());
        assert_eq!(
            said(check, [("feats/src/engine/evaluate.rs", "use crate::model::Value;\nuse crate::store::Store;")]),
            ["feats/src/engine/evaluate.rs:2: engine may not import `store::Store`; it may import error, text, model"]
        );
        let upwards = "fn f() { super::engine::g() }\nmod a { use super::super::app; use super::time; }";
        assert_eq!(said(check, [("feats/src/model/mod.rs", upwards)]).len(), 2);
    }

    #[test]
    fn the_front_door_is_no_way_around() {
        let door = ("feats/src/lib.rs", "pub use app::{App, Decision};\npub use error::Result;");
        let scope = ("feats/src/scope.rs", "fn f() -> crate::Result<()> { crate::Decision(1) }");
        assert_eq!(
            said(check, [door, scope]),
            ["feats/src/scope.rs:1: scope may not import `app::Decision`; it may import error, text, engine, model"]
        );
    }

    #[test]
    fn an_exported_macro_belongs_to_its_room() {
        let macros = ("feats/src/app/macros.rs", "#[macro_export]\nmacro_rules! listen { () => {} }");
        let store = ("feats/src/store/mod.rs", "crate::listen!();");
        assert_eq!(said(check, [macros, store]).len(), 1);
        assert!(said(check, [("feats/src/lib.rs", macros.1), store]).is_empty());
    }

    #[test]
    fn the_web_sees_outcomes_but_not_the_engine() {
        assert!(said(check, [("feats/src/web/page.rs", "use crate::engine::Reason;")]).is_empty());
        assert!(said(check, [("feats/src/web/page.rs", "use crate::scope::Scope;")]).is_empty());
        assert_eq!(said(check, [("feats/src/web/page.rs", "use crate::scope::observe;")]).len(), 1);
        assert_eq!(said(check, [("feats/src/web/page.rs", "use crate::engine::compile;")]).len(), 1);
        assert_eq!(said(check, [("feats/src/web/page.rs", "use crate::store::Sqlite;")]).len(), 1);
    }

    #[test]
    fn everything_at_once_is_no_import() {
        assert_eq!(said(check, [("feats/src/store/mod.rs", "use crate::*;")]).len(), 1);
    }

    #[test]
    fn a_new_room_needs_a_line_in_the_table() {
        assert_eq!(said(check, [("feats/src/helpers.rs", "")]).len(), 1);
    }
}
