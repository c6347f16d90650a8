//! The files of the repository.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use super::source::Source;

/// The extensions of files that rules read.
const KINDS: [&str; 8] = ["css", "js", "lua", "md", "rs", "sql", "stderr", "toml"];

/// Files by their path from the root, with `/` between the parts. Files that no rule reads have no text.
#[derive(Debug)]
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads everything below a folder except build output, packages of npm, and hidden folders.
    ///
    /// # Errors
    /// Fails if a file or folder cannot be read.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        collect(root, "", &mut files)?;
        Ok(Self { files })
    }

    /// Creates a tree for tests.
    #[cfg(test)]
    pub(super) fn of<const N: usize>(files: [(&str, &str); N]) -> Self {
        Self { files: files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect() }
    }

    /// Returns the text of a file.
    pub(super) fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Returns the files whose name ends with `.kind`, with their text.
    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = (&str, &str)> {
        self.under("").filter(move |(path, _)| path.rsplit_once('.').is_some_and(|(_, ending)| ending == kind))
    }

    /// Returns the files whose path starts with `prefix`, with their text.
    pub(super) fn under(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter().filter(move |(path, _)| path.starts_with(prefix));
        files.map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Returns the Rust files whose path starts with `prefix`, as tokens.
    pub(super) fn rust(&self, prefix: &str) -> impl Iterator<Item = (&str, Source<'_>)> {
        self.of_kind("rs")
            .filter(move |(path, _)| path.starts_with(prefix))
            .map(|(path, text)| (path, Source::read(text)))
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            if name != "target" && name != "node_modules" && !name.starts_with('.') {
                collect(&entry.path(), &format!("{path}/"), files)?;
            }
        } else {
            let is_read = KINDS.iter().any(|kind| name.ends_with(&format!(".{kind}")));
            files.insert(path, if is_read { fs::read_to_string(entry.path())? } else { String::new() });
        }
    }
    Ok(())
}
