//! Old names and phrases that may not be used any more.

use super::{Problem, Tree};

/// The old words, with their replacements.
const WORDS: &str = include_str!("old_words.txt");

/// The extensions of files that are checked.
const KINDS: [&str; 8] = ["rs", "md", "toml", "lua", "sql", "js", "css", "stderr"];

/// A word that may not be used.
struct Word {
    old: &'static str,
    new: &'static str,
    is_name: bool,
}

/// Checks that no file uses an old word.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let words: Vec<Word> = words().collect();
    let mut problems = Vec::new();
    for (path, text) in KINDS.iter().flat_map(|kind| tree.of_kind(kind)) {
        for (line, number) in text.lines().zip(1..) {
            let words_of_line = line.to_lowercase().replace('_', " ");
            let found = words.iter().filter(|word| match word.is_name {
                true => has(line, word.old, |character| character.is_alphanumeric() || character == '_'),
                false => has(&words_of_line, word.old, char::is_alphanumeric),
            });
            problems
                .extend(found.map(|word| {
                    Problem::new(path, number, format!("`{}` is an old word: use {}", word.old, word.new))
                }));
        }
    }
    problems
}

fn words() -> impl Iterator<Item = Word> {
    WORDS.lines().filter_map(|line| {
        let (kind, rest) = line.split_once(' ')?;
        let (old, new) = rest.split_once(": ")?;
        matches!(kind, "name" | "phrase").then_some(Word { old, new, is_name: kind == "name" })
    })
}

/// Returns `true` if the text occurs and does not continue on either side.
fn has(line: &str, text: &str, continues: impl Fn(char) -> bool) -> bool {
    line.match_indices(text).any(|(start, _)| {
        let (before, after) = (&line[..start], &line[start + text.len()..]);
        !before.ends_with(&continues) && !after.starts_with(&continues)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_files;

    /// An old word, written so that this file does not use it.
    fn old(parts: [&str; 2]) -> String {
        parts.concat()
    }

    #[test]
    fn an_old_name_is_found_as_a_whole_identifier() {
        let (name, longer) = (old(["Fore", "sight"]), old(["Fore", "sights"]));
        let text = format!("struct {name};\nstruct {longer};\n");
        let expected = [format!("feats/src/a.rs:1: `{name}` is an old word: use Preview")];
        assert_eq!(check_files(check, [("feats/src/a.rs", &text)]), expected);
    }

    #[test]
    fn an_old_phrase_is_found_in_any_case_and_within_names() {
        let phrase = old(["an", "ew"]);
        let text = format!("{}.\nfn it_is_{phrase}_here() {{}}\nrenewed, {phrase}ish\n", phrase.to_uppercase());
        let expected =
            [1, 2].map(|line| format!("README.md:{line}: `{phrase}` is an old word: use again, from scratch"));
        assert_eq!(check_files(check, [("README.md", &text)]), expected);
    }

    #[test]
    fn the_list_is_read() {
        assert_eq!(words().count(), WORDS.lines().filter(|line| !line.starts_with('#')).count());
    }
}
