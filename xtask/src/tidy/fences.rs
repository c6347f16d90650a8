//! The fenced blocks of a Markdown document.

/// A fenced block.
#[derive(Debug, PartialEq)]
pub(super) struct Fence<'a> {
    /// The text after the opening marks: the language and its attributes.
    pub(super) info: &'a str,
    /// The line of the opening marks, counted from 1.
    pub(super) line: usize,
}

impl<'a> Fence<'a> {
    /// Returns the blocks of a document, and the lines outside of blocks.
    pub(super) fn read(text: &'a str) -> (Vec<Self>, Vec<(usize, &'a str)>) {
        let (mut fences, mut prose, mut open) = (Vec::new(), Vec::new(), None);
        for (index, line) in text.lines().enumerate() {
            let marks = line.trim_start();
            let length = marks.len() - marks.trim_start_matches('`').len();
            match open {
                None if length >= 3 => {
                    open = Some(length);
                    fences.push(Fence { info: marks.trim_start_matches('`').trim(), line: index + 1 });
                }
                None => prose.push((index + 1, line)),
                Some(opening) if length >= opening && marks.trim_matches('`').trim().is_empty() => open = None,
                Some(_) => {}
            }
        }
        (fences, prose)
    }

    /// Returns `true` if rustdoc treats the block as Rust.
    pub(super) fn is_rust(&self) -> bool {
        let known = ["rust", "no_run", "should_panic", "compile_fail", "standalone_crate", "ignore"];
        self.info.split([',', ' ']).all(|word| word.is_empty() || word.starts_with("edition") || known.contains(&word))
    }

    /// Returns `true` if the block is Rust that is not compiled.
    pub(super) fn is_ignored(&self) -> bool {
        self.info.split([',', ' ']).any(|word| word.starts_with("ignore"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_and_prose_are_separated() {
        let (fences, prose) = Fence::read("a\n```rust\nb\n```\nc\n````text\n```\n````\n");
        assert_eq!(fences, [Fence { info: "rust", line: 2 }, Fence { info: "text", line: 6 }]);
        assert_eq!(prose, [(1, "a"), (5, "c")]);
    }

    #[test]
    fn rust_is_detected_as_by_rustdoc() {
        let is_rust = |info| Fence { info, line: 1 }.is_rust();
        assert!(is_rust("rust") && is_rust("") && is_rust("rust,no_run") && is_rust("edition2024"));
        assert!(!is_rust("toml") && !is_rust("console") && !is_rust("text"));
    }
}
