//! A lexer for the subset of Rust that the rules need: words, marks, literals and comments.

/// The tokens of a Rust file.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// Words and marks: code without literals.
    pub(super) tokens: Vec<Token<'a>>,
    /// Comments, including documentation.
    pub(super) comments: Vec<Token<'a>>,
    /// The number of lines with code.
    pub(super) lines_of_code: usize,
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// The text. A mark is one character.
    pub(super) text: &'a str,
    /// The line of its start, counted from 1.
    pub(super) line: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Comment,
    Literal,
    Word,
    Mark,
}

impl<'a> Source<'a> {
    /// Splits a file. The result for invalid Rust is arbitrary, because the compiler reports it.
    pub(super) fn read(text: &'a str) -> Self {
        let mut source = Self { tokens: Vec::new(), comments: Vec::new(), lines_of_code: 0 };
        let (mut rest, mut line, mut counted) = (text, 1, 0);
        while let Some((length, kind)) = first(rest) {
            let (text, after) = rest.split_at(length);
            let last = line + text.matches('\n').count();
            match kind {
                Kind::Blank => {}
                Kind::Comment => source.comments.push(Token { text, line }),
                Kind::Literal => {}
                Kind::Word | Kind::Mark => source.tokens.push(Token { text, line }),
            }
            if !matches!(kind, Kind::Blank | Kind::Comment) {
                source.lines_of_code += (last + 1).saturating_sub(line.max(counted + 1));
                counted = last;
            }
            (rest, line) = (after, last);
        }
        source
    }

    /// Returns the lines with this sequence of words and marks, such as `["std", ":", ":", "fs"]`.
    pub(super) fn find(&self, sequence: &[&str]) -> Vec<usize> {
        let windows = self.tokens.windows(sequence.len().max(1));
        let matches = windows.filter(|window| window.iter().map(|token| token.text).eq(sequence.iter().copied()));
        matches.filter_map(|window| window.first()).map(|token| token.line).collect()
    }

    /// Like [`find`](Self::find), for a path such as `std::fs`.
    pub(super) fn find_path(&self, path: &str) -> Vec<usize> {
        let mut sequence = Vec::new();
        for word in path.split("::") {
            if !sequence.is_empty() {
                sequence.extend([":", ":"]);
            }
            sequence.push(word);
        }
        self.find(&sequence)
    }
}

impl Token<'_> {
    /// Returns `true` for an identifier, a keyword or a number.
    pub(super) fn is_word(&self) -> bool {
        self.text.starts_with(is_word)
    }
}

/// Returns the length and kind of the first token.
fn first(rest: &str) -> Option<(usize, Kind)> {
    let start = rest.chars().next()?;
    let word = word_length(rest);
    let (prefix, after) = rest.split_at(word);
    Some(if start.is_whitespace() {
        (start.len_utf8(), Kind::Blank)
    } else if rest.starts_with("//") {
        (rest.find('\n').unwrap_or(rest.len()), Kind::Comment)
    } else if rest.starts_with("/*") {
        (block_comment(rest), Kind::Comment)
    } else if let Some(length) = raw_string(prefix, after) {
        (word + length, Kind::Literal)
    } else if matches!(prefix, "" | "b" | "c") && after.starts_with('"') {
        (word + quoted(after, '"'), Kind::Literal)
    } else if matches!(prefix, "" | "b") && is_character(after) {
        (word + quoted(after, '\''), Kind::Literal)
    } else if start == '\'' {
        (1 + word_length(&rest[1..]), Kind::Literal)
    } else if word > 0 {
        (word, Kind::Word)
    } else {
        (start.len_utf8(), Kind::Mark)
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word_length(text: &str) -> usize {
    text.find(|c| !is_word(c)).unwrap_or(text.len())
}

/// Returns the length of a block comment, which may contain others.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth.saturating_sub(1), at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Returns the length of `"…"` or `#"…"#`, if `prefix` makes it a raw string.
fn raw_string(prefix: &str, text: &str) -> Option<usize> {
    if !matches!(prefix, "r" | "br" | "cr") {
        return None;
    }
    let hashes = text.find(|c| c != '#')?;
    let body = text.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(body.find(&end).map_or(text.len(), |at| hashes + 1 + at + end.len()))
}

/// Returns the length of a literal that starts and ends with `quote`, in which a backslash escapes the next character.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped || c == '\\' {
            escaped = !escaped;
        } else if c == quote {
            return at + c.len_utf8();
        }
    }
    text.len()
}

/// Returns `true` if a quote starts a character and not a lifetime.
fn is_character(text: &str) -> bool {
    let mut chars = text.chars();
    matches!((chars.next(), chars.next(), chars.next()), (Some('\''), Some('\\'), _) | (Some('\''), _, Some('\'')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        Source::read(text).tokens.iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        assert_eq!(code("a // b\n/* c /* d */ e */ f"), "a f");
        assert_eq!(code(r##"a "b\"c" r#"d"e"# br"f\" 'g' '\'' b'h' i"##), "a i");
        assert_eq!(code("fn f<'a>(x: &'a str) {}"), "fn f < > ( x : & str ) { }");
        assert_eq!(code("r#type for\"x\""), "r # type for");
    }

    #[test]
    fn lines_of_code_are_neither_blank_nor_comment() {
        assert_eq!(Source::read("//! Doc.\n\nfn f() {\n    // why\n    g(); /* h */\n}\n").lines_of_code, 3);
        assert_eq!(Source::read("const A: &str = \"a\n\nb\";\nfn f() {}\n").lines_of_code, 4);
    }

    #[test]
    fn tokens_know_their_line() {
        let source = Source::read("a\n\"x\ny\"\nb::c");
        assert_eq!(source.tokens[1], Token { text: "b", line: 4 });
        assert_eq!(source.find_path("b::c"), [4]);
    }
}
