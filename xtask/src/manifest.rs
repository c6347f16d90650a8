//! The subset of TOML that the manifests of this repository use: sections of `key = value`, with values as text.

/// A manifest.
pub(crate) struct Manifest {
    sections: Vec<String>,
    entries: Vec<Entry>,
}

/// A `key = value` pair.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// The table of the entry, such as `workspace.dependencies`; empty at the top.
    pub(crate) section: String,
    /// The key as written: `version.workspace` is one key.
    pub(crate) key: String,
    /// The value as written, on one line.
    pub(crate) value: String,
    /// The first line of the entry, counted from 1.
    pub(crate) line: usize,
}

impl Manifest {
    /// Parses a manifest. A value continues across lines until its brackets are closed.
    pub(crate) fn read(text: &str) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let mut sections = vec![String::new()];
        let mut open = false;
        for (index, line) in text.lines().map(str::trim).enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match (open, line.split_once('='), entries.last_mut()) {
                (true, _, Some(last)) => last.value.push_str(line),
                (_, Some((key, value)), _) if !line.starts_with('[') => {
                    let section = sections.last().cloned().unwrap_or_default();
                    let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
                    entries.push(Entry { section, key, value, line: index + 1 });
                }
                _ => sections.push(line.trim_matches(['[', ']']).to_owned()),
            }
            open = entries.last().is_some_and(|last| !is_closed(&last.value));
        }
        Self { sections, entries }
    }

    /// Returns the entries of a table.
    pub(crate) fn section(&self, section: &str) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.section == section)
    }

    /// Returns the value of a key in a table, without quotes.
    pub(crate) fn get(&self, section: &str, key: &str) -> Option<&str> {
        self.section(section).find(|entry| entry.key == key).map(|entry| entry.value.trim_matches('"'))
    }

    /// Returns `true` if the table exists.
    pub(crate) fn has(&self, section: &str) -> bool {
        self.sections.iter().any(|known| known == section)
    }
}

fn is_closed(value: &str) -> bool {
    let count = |wanted: [char; 2]| value.matches(wanted).count();
    count(['[', '{']) == count([']', '}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_keys_and_long_values_are_parsed() {
        let text =
            "top = 1\n\n[workspace]\nmembers = [\n  \"a\",\n  \"b\",\n]\n\n[package]\nversion.workspace = true\n";
        let manifest = Manifest::read(text);
        assert_eq!(manifest.get("", "top"), Some("1"));
        assert_eq!(manifest.get("workspace", "members"), Some("[\"a\",\"b\",]"));
        assert_eq!(manifest.get("package", "version.workspace"), Some("true"));
        assert!(!manifest.has("lints"));
    }
}
