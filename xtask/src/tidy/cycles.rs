//! Files of a crate have no cyclic dependencies, directly or through other files.
//!
//! A file depends on each file that defines an item which it uses. Re-exports are resolved, test code is ignored, and methods are
//! not seen, because they are not called by a path.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::crates::{Crate, Use};
use super::{Problem, Tree};

/// Checks that the files of every crate have an order in which each one depends only on earlier ones.
pub fn check(tree: &Tree) -> Vec<Problem> {
    problems(tree, Crate::uses)
}

/// Checks the same for the modules at the root of each crate.
pub fn check_modules(tree: &Tree) -> Vec<Problem> {
    problems(tree, Crate::uses_of_modules)
}

fn problems<'t>(tree: &'t Tree, uses: fn(&Crate<'t>) -> Vec<Use<'t>>) -> Vec<Problem> {
    let crates = Crate::all(tree);
    crates.iter().flat_map(|known| cycles(&uses(known))).map(|cycle| problem(&cycle)).collect()
}

/// Returns the shortest cycles of a graph, without cycles that share a use.
fn cycles<'t>(uses: &[Use<'t>]) -> Vec<Vec<Use<'t>>> {
    let mut graph: BTreeMap<&str, BTreeSet<Use<'t>>> = BTreeMap::new();
    for known in uses {
        graph.entry(known.from).or_default().insert(*known);
    }
    let mut cycles = Vec::new();
    while let Some(cycle) = graph.keys().filter_map(|file| shortest(&graph, file)).min_by_key(Vec::len) {
        for known in &cycle {
            graph.entry(known.from).or_default().remove(known);
        }
        cycles.push(cycle);
    }
    cycles
}

/// Returns the shortest cycle through a file.
fn shortest<'t>(graph: &BTreeMap<&'t str, BTreeSet<Use<'t>>>, start: &'t str) -> Option<Vec<Use<'t>>> {
    let mut reached: BTreeMap<&str, Use<'t>> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for known in graph.get(file).into_iter().flatten() {
            if !reached.contains_key(known.to) {
                reached.insert(known.to, *known);
                queue.push_back(known.to);
            }
            if known.to == start {
                let mut cycle = vec![*known];
                while let Some(before) = cycle.last().filter(|first| first.from != start) {
                    cycle.push(*reached.get(before.from)?);
                }
                cycle.reverse();
                return Some(cycle);
            }
        }
    }
    None
}

/// Describes a cycle as a chain of uses with their places.
fn problem(cycle: &[Use<'_>]) -> Problem {
    let (from, line) = cycle.first().map_or(("", 0), |first| (first.file, first.line));
    let rest = cycle.iter().enumerate().map(|(index, known)| match cycle.get(index + 1) {
        Some(next) => format!("{}:{}", next.file, next.line),
        None => known.to.to_owned(),
    });
    let chain = rest.collect::<Vec<_>>().join(" uses ");
    Problem::new(from, line, format!("uses {chain}: move the shared items to a separate file"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_files;

    const ROOT: (&str, &str) = ("a/src/lib.rs", "mod one; mod two; mod three;");

    #[test]
    fn files_that_use_each_other_are_found() {
        let one = ("a/src/one.rs", "\nuse crate::two::Two;\npub struct One;");
        let two = ("a/src/two.rs", "pub struct Two;\nfn f() { crate::one::One }");
        assert_eq!(
            check_files(check, [ROOT, one, two]),
            ["a/src/one.rs:2: uses a/src/two.rs:2 uses a/src/one.rs: move the shared items to a separate file"]
        );
    }

    #[test]
    fn a_cycle_of_several_files_is_described_as_a_chain() {
        let one = ("a/src/one.rs", "use crate::two::Two;\npub struct One;");
        let two = ("a/src/two.rs", "use crate::three::Three;\npub struct Two;");
        let three = ("a/src/three.rs", "pub struct Three(super::one::One);");
        let chain = "a/src/one.rs:1: uses a/src/two.rs:1 uses a/src/three.rs:1 uses a/src/one.rs: move";
        assert!(check_files(check, [ROOT, one, two, three])[0].starts_with(chain));
        assert!(check_files(check, [ROOT, one, two, ("a/src/three.rs", "pub struct Three;")]).is_empty());
    }

    #[test]
    fn cycles_of_modules_are_found_even_without_cycles_of_files() {
        let (mod_one, mod_two) =
            (("a/src/one/mod.rs", "pub mod a; pub mod b;"), ("a/src/two.rs", "pub struct Two(crate::one::b::B);"));
        let (a, b) = (("a/src/one/a.rs", "use crate::two::Two;"), ("a/src/one/b.rs", "pub struct B;"));
        assert!(check_files(check, [ROOT, mod_one, mod_two, a, b]).is_empty());
        assert_eq!(
            check_files(check_modules, [ROOT, mod_one, mod_two, a, b]),
            ["a/src/one/a.rs:1: uses a/src/two.rs:1 uses a/src/one: move the shared items to a separate file"]
        );
    }
}
