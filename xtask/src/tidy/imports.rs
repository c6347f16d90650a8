//! The items that a Rust file defines, and its references to other files: `use` declarations and paths in code. Test code is
//! ignored.

use std::collections::BTreeSet;

use super::source::{Source, Token};

/// The parts of a path. A path within the crate starts with `crate`; any other one is relative to its module.
pub(super) type Path = Vec<String>;

/// A name that a `use` declaration brings into a module; `*` for all names of the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) module: Path,
    pub(super) name: String,
    pub(super) path: Path,
    pub(super) line: usize,
    /// `true` for a re-export, which is visible in other modules.
    pub(super) is_public: bool,
}

/// A path of at least two parts in code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) module: Path,
    pub(super) path: Path,
    pub(super) line: usize,
}

/// The names of a file.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) imports: Vec<Import>,
    pub(super) mentions: Vec<Mention>,
    /// The inline modules of the file.
    pub(super) modules: Vec<Path>,
    /// The modules in separate files that are compiled only for tests.
    pub(super) test_modules: Vec<Path>,
    /// The names of items that the file defines, including modules.
    pub(super) items: BTreeSet<String>,
    /// All words outside of `use` declarations.
    pub(super) words: BTreeSet<String>,
}

/// Returns the names in the file of `module` in the crate `name`.
pub(super) fn names(source: &Source<'_>, module: &[String], name: &str) -> Names {
    let mut names = Names::default();
    let tokens = without_tests(&source.tokens, module, &mut names.test_modules);
    read(&tokens, module, name, &mut names);
    names
}

/// Returns the `use` declarations of a file, including those of its tests.
pub(super) fn imports(source: &Source<'_>) -> Vec<Import> {
    let mut names = Names::default();
    read(&source.tokens, &[], "crate", &mut names);
    names.imports
}

fn read(tokens: &[Token<'_>], module: &[String], name: &str, names: &mut Names) {
    let mut reader = Reader { tokens, at: 0, name, module: module.to_vec(), depth: 0, opened: Vec::new() };
    while reader.at < tokens.len() {
        reader.step(names);
    }
}

const ITEMS: [&str; 9] = ["fn", "struct", "enum", "union", "trait", "type", "const", "static", "mod"];

/// Removes items with `#[cfg(test)]` and `#[cfg(doctest)]`.
fn without_tests<'a>(tokens: &[Token<'a>], module: &[String], test_modules: &mut Vec<Path>) -> Vec<Token<'a>> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let (mut kept, mut at) = (Vec::new(), 0);
    while let Some(token) = tokens.get(at) {
        let attribute: Vec<&str> = (at..at + 7).map(text).collect();
        let is_test = matches!(
            attribute.as_slice(),
            ["#", "[", "cfg", "(", "test" | "doctest", ..] | ["#", "[", "cfg", "(", "all", "(", "test"]
        );
        if is_test {
            let item = after_attributes(tokens, at);
            let end = end_of_item(tokens, item);
            if let Some(name) = (item..end).find(|&at| text(at) == "mod").map(|at| text(at + 1)) {
                test_modules.push([module, &[name.to_owned()]].concat());
            }
            at = end;
        } else {
            kept.push(*token);
            at += 1;
        }
    }
    kept
}

/// Returns the index after the attributes that start at an index.
fn after_attributes(tokens: &[Token<'_>], mut at: usize) -> usize {
    while tokens.get(at).is_some_and(|token| token.text == "#") {
        at = end_of_brackets(tokens, at + 1);
    }
    at
}

/// Returns the index after the item that starts at an index.
fn end_of_item(tokens: &[Token<'_>], mut at: usize) -> usize {
    let is_use = tokens.iter().skip(at).map(|token| token.text).find(|text| *text != "pub") == Some("use");
    while let Some(token) = tokens.get(at) {
        match token.text {
            ";" => return at + 1,
            "{" if !is_use => return end_of_brackets(tokens, at),
            "(" | "[" | "{" => at = end_of_brackets(tokens, at),
            _ => at += 1,
        }
    }
    at
}

/// Returns the index after the bracket that closes the one at an index.
fn end_of_brackets(tokens: &[Token<'_>], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(token) = tokens.get(at) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    /// The name of the crate.
    name: &'a str,
    /// The current module: that of the file, or an inline one.
    module: Path,
    depth: usize,
    /// The depths at which the inline modules were opened.
    opened: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.text)
    }

    fn is_separator(&self, at: usize) -> bool {
        self.text(at) == ":" && self.text(at + 1) == ":"
    }

    /// Parses a declaration, a path, or one token.
    fn step(&mut self, names: &mut Names) {
        let Some(token) = self.tokens.get(self.at) else { return };
        let before = self.text(self.at.wrapping_sub(1));
        match token.text {
            "use" => {
                self.at += 1;
                self.tree(&[], matches!(before, "pub" | ")"), names);
                return;
            }
            // A declaration of a module is not a use.
            "mod" if self.text(self.at + 2) == ";" => {
                names.items.insert(self.text(self.at + 1).to_owned());
                self.at += 3;
                return;
            }
            "{" => self.depth += 1,
            "}" => {
                self.depth = self.depth.saturating_sub(1);
                if self.opened.pop_if(|depth| *depth == self.depth).is_some() {
                    self.module.pop();
                }
            }
            "mod" if self.text(self.at + 2) == "{" => {
                self.module.push(self.text(self.at + 1).to_owned());
                self.opened.push(self.depth);
                names.modules.push(self.module.clone());
            }
            _ => {}
        }
        if ITEMS.contains(&before) || (before == "!" && self.text(self.at.wrapping_sub(2)) == "macro_rules") {
            names.items.insert(token.text.to_owned());
        }
        let goes_on = before == "." || (before == ":" && self.text(self.at.wrapping_sub(2)) == ":");
        let starts_a_path = token.is_word() && self.is_separator(self.at + 1) && !goes_on;
        match starts_a_path {
            true => self.mention(names),
            false if token.is_word() => {
                names.words.insert(token.text.to_owned());
                self.at += 1;
            }
            false => self.at += 1,
        }
    }

    fn mention(&mut self, names: &mut Names) {
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        let mut parts = vec![self.text(self.at)];
        self.at += 1;
        while self.is_separator(self.at) && self.tokens.get(self.at + 2).is_some_and(Token::is_word) {
            parts.push(self.text(self.at + 2));
            self.at += 3;
        }
        names.words.extend(parts.iter().map(|part| (*part).to_owned()));
        if parts.len() > 1 {
            names.mentions.push(Mention { module: self.module.clone(), path: self.absolute(&parts), line });
        }
    }

    /// Parses `a::b`, `a::*` or `{a as c, b::c}` of a `use` declaration, below `base`.
    fn tree(&mut self, base: &[&'a str], is_public: bool, names: &mut Names) {
        let (mut parts, line) = (base.to_vec(), self.tokens.get(self.at).map_or(0, |token| token.line));
        loop {
            match self.text(self.at) {
                "{" => return self.group(&parts, is_public, names),
                ":" => self.at += 1,
                "self" if !parts.is_empty() => self.at += 1,
                part if part == "*" || self.tokens.get(self.at).is_some_and(Token::is_word) => {
                    if part == "as" {
                        break;
                    }
                    parts.push(part);
                    self.at += 1;
                }
                _ => break,
            }
        }
        let name = match self.text(self.at) {
            "as" => {
                self.at += 2;
                self.text(self.at - 1)
            }
            _ => parts.last().copied().unwrap_or_default(),
        };
        let (module, path) = (self.module.clone(), self.absolute(&parts));
        names.imports.push(Import { module, name: name.to_owned(), path, line, is_public });
    }

    fn group(&mut self, base: &[&'a str], is_public: bool, names: &mut Names) {
        self.at += 1;
        while self.at < self.tokens.len() && self.text(self.at) != "}" {
            match self.text(self.at) {
                "," => self.at += 1,
                _ => self.tree(base, is_public, names),
            }
        }
        self.at += 1;
    }

    fn absolute(&self, parts: &[&str]) -> Path {
        let (mut path, mut rest) = (vec!["crate".to_owned()], parts);
        match parts.first() {
            Some(&"crate") => rest = parts.get(1..).unwrap_or_default(),
            Some(&first) if first == self.name => rest = parts.get(1..).unwrap_or_default(),
            Some(&("self" | "super")) => path.extend(self.module.iter().cloned()),
            _ => path.clear(),
        }
        for part in rest {
            match *part {
                "self" => {}
                "super" => drop(path.pop()),
                part => path.push(part.to_owned()),
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Names {
        names(&Source::read(text), &["store".to_owned(), "sql".to_owned()], "feats")
    }

    fn imports(text: &str) -> Vec<String> {
        let imports = read(text).imports;
        imports.iter().map(|import| format!("{} = {}", import.name, import.path.join("::"))).collect()
    }

    fn mentions(text: &str) -> Vec<String> {
        read(text).mentions.iter().map(|mention| mention.path.join("::")).collect()
    }

    #[test]
    fn groups_are_split_and_paths_made_absolute() {
        assert_eq!(
            imports(
                "use crate::{error::{self, Error as E}, model::*};\nuse super::{a, super::{model}};\nuse std::fmt;"
            ),
            [
                "error = crate::error",
                "E = crate::error::Error",
                "* = crate::model::*",
                "a = crate::store::a",
                "model = crate::model",
                "fmt = std::fmt"
            ]
        );
        assert_eq!(
            imports("mod a { use super::Store; }\nuse self::b::C;"),
            ["Store = crate::store::sql::Store", "C = crate::store::sql::b::C"]
        );
        let public = read("pub use a::B;\npub(crate) use a::C;\nuse a::D;").imports;
        assert_eq!(public.iter().map(|import| import.is_public).collect::<Vec<_>>(), [true, true, false]);
    }

    #[test]
    fn paths_are_found_anywhere_in_the_code() {
        assert_eq!(
            mentions("fn f(x: fmt::Result) -> crate::Result<()> { feats::app::g::<u8>() }"),
            ["fmt::Result", "crate::Result", "crate::app::g"]
        );
        assert_eq!(mentions("macro_rules! m { () => { $crate::edit::Typed::test() } }"), ["crate::edit::Typed::test"]);
        assert!(mentions("// crate::model\nlet a = \"crate::model\"; x.y::<u8>(); pub(crate) struct A;").is_empty());
    }

    #[test]
    fn tests_are_ignored() {
        let text = "#[cfg(test)]\nmod tests { use crate::a; }\n#[cfg(test)]\n#[path = \"x\"]\npub mod fixture;\n\
                    #[cfg(test)]\nuse crate::{b, c};\n#[cfg(all(test, unix))]\nfn f() -> [u8; 2] { d::e() }\nuse crate::f;";
        assert_eq!(imports(text), ["f = crate::f"]);
        assert_eq!(read(text).test_modules, [["store", "sql", "tests"], ["store", "sql", "fixture"]]);
        assert!(mentions(text).is_empty());
    }

    #[test]
    fn items_of_a_file_are_found() {
        let items = read("pub struct A;\nfn b() {}\nmod c { const D: u8 = 1; }\nmacro_rules! e { () => {} }").items;
        assert_eq!(items.iter().map(String::as_str).collect::<Vec<_>>(), ["A", "D", "b", "c", "e"]);
    }
}
