//! The files of a crate, and the dependencies between them.

use std::collections::BTreeMap;

use super::Tree;
use super::imports::{Import, Names, Path, names};

/// A crate of the repository: a folder with a `lib.rs` or a `main.rs`, and everything below.
pub(super) struct Crate<'t> {
    /// The folder, with a trailing `/`.
    folder: &'t str,
    files: Vec<File<'t>>,
    /// The index of the file of each module, including inline modules.
    modules: BTreeMap<Path, usize>,
}

struct File<'t> {
    path: &'t str,
    module: Path,
    names: Names,
}

/// A use of an item of another file, or of another module at the root of the crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use<'t> {
    pub(super) from: &'t str,
    pub(super) to: &'t str,
    /// The file that contains the use.
    pub(super) file: &'t str,
    /// The first line of the use, counted from 1.
    pub(super) line: usize,
}

/// The target of a path.
enum Target {
    Module(Path),
    /// An item of the file with this index.
    Item(usize),
}

/// The maximum number of re-exports between a path and an item.
const MAX_STEPS: usize = 16;

impl<'t> Crate<'t> {
    /// Returns the crates of a tree.
    pub(super) fn all(tree: &'t Tree) -> Vec<Self> {
        let roots = tree.of_kind("rs").filter_map(|(path, _)| {
            let folder = path.strip_suffix("lib.rs").or_else(|| path.strip_suffix("main.rs"))?;
            (folder.ends_with('/') && !(path.ends_with("main.rs") && tree.get(&format!("{folder}lib.rs")).is_some()))
                .then_some(folder)
        });
        roots.map(|folder| Self::read(tree, folder)).collect()
    }

    fn read(tree: &'t Tree, folder: &'t str) -> Self {
        let package = folder.trim_end_matches('/').trim_end_matches("/src");
        let name = package.rsplit('/').next().unwrap_or_default().replace('-', "_");
        let (mut files, mut modules) = (Vec::new(), BTreeMap::new());
        for (path, source) in tree.rust(folder) {
            let module = module(path.strip_prefix(folder).unwrap_or(path));
            let names = names(&source, &module, &name);
            modules.insert(module.clone(), files.len());
            modules.extend(names.modules.iter().map(|inner| (inner.clone(), files.len())));
            files.push(File { path, module, names });
        }
        // `#[path = "private.rs"] mod __private;`
        if let Some(private) = modules.get(&vec!["private".to_owned()]).copied() {
            modules.entry(vec!["__private".to_owned()]).or_insert(private);
        }
        Self { folder, files, modules }
    }

    /// Returns the uses between files. Re-exports are resolved, and test code is ignored.
    pub(super) fn uses(&self) -> Vec<Use<'t>> {
        let tests: Vec<&Path> = self.files.iter().flat_map(|file| &file.names.test_modules).collect();
        let mut first: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for file in self.files.iter().filter(|file| !tests.iter().any(|test| file.module.starts_with(test))) {
            let imports = file.names.imports.iter();
            let used = imports.filter(|import| !import.is_public || file.names.words.contains(&import.name));
            let imports = used.map(|import| (&import.module, &import.path, import.line));
            let mentions = file.names.mentions.iter().map(|mention| (&mention.module, &mention.path, mention.line));
            for (module, path, line) in imports.chain(mentions) {
                let Some(target) = self.file_of(module, path).filter(|target| target.path != file.path) else {
                    continue;
                };
                let known = first.entry((file.path, target.path)).or_insert(line);
                *known = line.min(*known);
            }
        }
        first.into_iter().map(|((from, to), line)| Use { from, to, file: from, line }).collect()
    }

    /// Returns the uses between the modules at the root of the crate, which are files or folders. Uses of the root itself are
    /// ignored.
    pub(super) fn uses_of_modules(&self) -> Vec<Use<'t>> {
        let module = |path: &'t str| {
            let (name, rest) = path.get(self.folder.len()..)?.split_once(['/', '.'])?;
            let is_root = matches!((name, rest), ("lib" | "main", "rs"));
            (!is_root).then(|| path.get(..self.folder.len() + name.len())).flatten()
        };
        let uses = self.uses().into_iter();
        let uses = uses.filter_map(|known| Some(Use { from: module(known.from)?, to: module(known.to)?, ..known }));
        uses.filter(|known| known.from != known.to).collect()
    }

    /// Returns the file that defines the item of a path; `None` for a module, whose items are used separately, and for items of
    /// other crates.
    fn file_of(&self, module: &[String], path: &[String]) -> Option<&File<'t>> {
        let (all, path) = match path.split_last() {
            Some((last, path)) if last == "*" => (true, path),
            _ => (false, path),
        };
        match self.resolve(module, path, MAX_STEPS)? {
            Target::Module(module) if all => self.file(&module),
            Target::Module(_) => None,
            Target::Item(index) => self.files.get(index),
        }
    }

    fn file(&self, module: &[String]) -> Option<&File<'t>> {
        self.files.get(*self.modules.get(module)?)
    }

    fn resolve(&self, module: &[String], path: &[String], steps: usize) -> Option<Target> {
        let steps = steps.checked_sub(1)?;
        let (mut current, mut rest) = match path.split_first() {
            Some((first, rest)) if first == "crate" => (Vec::new(), rest),
            _ => (module.to_vec(), path),
        };
        let mut is_relative = rest.len() == path.len();
        while let Some((part, after)) = rest.split_first() {
            let child = [current.as_slice(), std::slice::from_ref(part)].concat();
            let import = self.import(&current, part);
            let defined = self.file(&current).is_some_and(|file| file.names.items.contains(part));
            // An import of the last part means a function or type of that name, if there is one.
            let is_item = after.is_empty() && import.is_some();
            if self.modules.contains_key(&child) && !is_item {
                (current, rest, is_relative) = (child, after, false);
                continue;
            }
            if let Some(import) = import {
                return self.resolve(&import.module, &[import.path.as_slice(), after].concat(), steps);
            }
            if !defined && let Some(found) = self.through_globs(&current, rest, steps) {
                return Some(found);
            }
            if !defined && is_relative {
                return None;
            }
            return match self.exported_macro(&current, part) {
                Some(file) if !defined => Some(Target::Item(file)),
                _ => self.modules.get(&current).copied().map(Target::Item),
            };
        }
        Some(Target::Module(current))
    }

    fn import(&self, module: &[String], name: &str) -> Option<&Import> {
        let imports = self.file(module)?.names.imports.iter();
        imports.filter(|import| import.module == module).find(|import| import.name == name)
    }

    /// Resolves the first part in the modules whose names are all imported into this one.
    fn through_globs(&self, module: &[String], rest: &[String], steps: usize) -> Option<Target> {
        let first = rest.first()?;
        let globs = self.file(module)?.names.imports.iter();
        globs.filter(|import| import.module == module && import.name == "*").find_map(|glob| {
            let path = glob.path.split_last()?.1;
            let Target::Module(module) = self.resolve(&glob.module, path, steps)? else { return None };
            let has = self.import(&module, first).is_some()
                || self.file(&module).is_some_and(|file| file.names.items.contains(first));
            has.then(|| self.resolve(&module, rest, steps))?
        })
    }

    /// Returns the file of an exported macro, which is at the root of the crate regardless of its module.
    fn exported_macro(&self, module: &[String], name: &str) -> Option<usize> {
        let is_root = module.is_empty();
        self.files.iter().position(|file| is_root && file.names.items.contains(name))
    }
}

/// Returns the module of a file by its path from the root of the crate: `store/sql/mod.rs` is `store::sql`.
fn module(path: &str) -> Path {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let path = if matches!(path, "lib" | "main") { "" } else { path.strip_suffix("/mod").unwrap_or(path) };
    path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses<const N: usize>(files: [(&str, &str); N]) -> Vec<String> {
        let tree = Tree::of(files);
        let crates = Crate::all(&tree);
        let uses = crates.iter().flat_map(Crate::uses).map(|known| {
            let short = |path: &str| path.trim_start_matches("feats/src/").to_owned();
            format!("{}:{} {}", short(known.from), known.line, short(known.to))
        });
        uses.collect()
    }

    #[test]
    fn a_file_uses_the_files_that_define_its_names() {
        let root = ("feats/src/lib.rs", "mod a; mod b; pub use a::Alpha; use feats_core::error;");
        let a = ("feats/src/a/mod.rs", "mod c; pub use c::Gamma as Delta; pub struct Alpha; pub fn b() {}");
        let c = ("feats/src/a/c.rs", "use super::Alpha;\nuse crate::error::Error;\npub struct Gamma;");
        let b = (
            "feats/src/b.rs",
            "use std::fmt;\nuse crate::a;\nfn f(x: fmt::Result) -> crate::Alpha { a::Delta::new() }",
        );
        assert_eq!(uses([root, a, c, b]), ["a/c.rs:1 a/mod.rs", "b.rs:3 a/c.rs", "b.rs:3 a/mod.rs"]);
    }

    #[test]
    fn a_use_of_a_module_counts_for_its_items() {
        let root = ("feats/src/lib.rs", "mod a; mod b;");
        let a = ("feats/src/a/mod.rs", "mod c; pub use c::c;");
        let c = ("feats/src/a/c.rs", "pub fn c() {}");
        assert!(uses([root, a, c, ("feats/src/b.rs", "use crate::a;")]).is_empty());
        assert_eq!(uses([root, a, c, ("feats/src/b.rs", "use crate::a;\nfn f() { a::c() }")]), ["b.rs:2 a/c.rs"]);
        assert_eq!(uses([root, a, c, ("feats/src/b.rs", "use crate::a::c;")]), ["b.rs:1 a/c.rs"]);
        assert_eq!(uses([root, a, c, ("feats/src/b.rs", "use crate::a::*;")]), ["b.rs:1 a/mod.rs"]);
    }

    #[test]
    fn a_module_that_only_reexports_uses_nothing() {
        let root = ("feats/src/lib.rs", "mod a;");
        let c = ("feats/src/a/c.rs", "pub struct C;");
        assert!(uses([root, c, ("feats/src/a/mod.rs", "mod c; pub use c::C;")]).is_empty());
        assert_eq!(uses([root, c, ("feats/src/a/mod.rs", "mod c; pub use c::C;\nfn f() -> C { C }")]).len(), 1);
    }

    #[test]
    fn uses_in_tests_are_ignored() {
        let root = ("feats/src/lib.rs", "mod a; mod b; #[cfg(test)] mod tests;");
        let a = ("feats/src/a.rs", "pub struct A;\n#[cfg(test)] mod tests { use crate::b::B; }");
        assert!(
            uses([root, a, ("feats/src/b.rs", "pub struct B;"), ("feats/src/tests.rs", "use crate::a::A;")]).is_empty()
        );
    }

    #[test]
    fn exported_macros_are_at_the_root() {
        let root = ("feats/src/lib.rs", "mod a; mod b;");
        let a = ("feats/src/a.rs", "macro_rules! m { () => { $crate::b::B } }");
        assert_eq!(
            uses([root, a, ("feats/src/b.rs", "pub struct B;\nfn f() { crate::m!() }")]),
            ["a.rs:1 b.rs", "b.rs:2 a.rs"]
        );
    }
}
