//! The tokens of a condition, and errors with their positions.

use feats::Problem;
use feats::text::quoted;

use super::operator::{self, is_symbol};
use crate::values::{in_quotes, plain, with_quotes};

/// The words that join conditions, in lower or upper case. As values, they need quotes.
const KEYWORDS: [&str; 3] = ["and", "or", "not"];

/// A text and its unread remainder.
pub(super) struct Reader<'t> {
    text: &'t str,
    rest: &'t str,
}

/// A mistake in a condition.
pub(super) struct Mistake {
    message: String,
    /// The word that was found, and the words that are allowed in its place.
    meaning: Option<(String, &'static [&'static str])>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, rest: text }
    }

    /// Skips spaces and returns the next character without reading it.
    pub(super) fn next(&mut self) -> Option<char> {
        self.rest = self.rest.trim_ascii_start();
        self.rest.chars().next()
    }

    /// Returns the unread remainder.
    pub(super) fn rest(&self) -> &'t str {
        self.rest
    }

    /// Reads the given number of bytes.
    pub(super) fn skip(&mut self, bytes: usize) -> &'t str {
        let (read, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        read
    }

    /// Returns the position of the next character, counted from 1.
    pub(super) fn position(&mut self) -> usize {
        self.next();
        let read = self.text.len().saturating_sub(self.rest.len());
        self.text.get(..read).unwrap_or_default().chars().count() + 1
    }

    /// Reads the given character if it is next.
    pub(super) fn take(&mut self, c: char) -> bool {
        let found = self.next() == Some(c);
        if found {
            self.skip(c.len_utf8());
        }
        found
    }

    /// Reads the given keyword if it is next.
    pub(super) fn keyword(&mut self, keyword: &str) -> bool {
        self.next();
        let word = self.peek(|c| is_separator(c) || is_symbol(c));
        let found = word.eq_ignore_ascii_case(keyword);
        if found {
            self.skip(word.len());
        }
        found
    }

    /// Reads the name of a segment or attribute.
    pub(super) fn source(&mut self) -> Result<String, Mistake> {
        let position = self.position();
        let missing = || match position {
            1 => Mistake::new("does not start with a segment".to_owned()),
            position => Mistake::new(format!("has no segment at character {position}")),
        };
        if self.next() == Some('"') {
            return self.quotes().and_then(|name| if name.is_empty() { Err(missing()) } else { Ok(name) });
        }
        let word = self.peek(|c| is_separator(c) || is_symbol(c));
        if word.is_empty() || is_keyword(word) || word == "in" {
            return Err(missing());
        }
        let name = plain(word).map_err(|message| self.mistake(&format!("is not clear: {message}")))?;
        self.skip(word.len());
        Ok(name)
    }

    /// Reads an operator.
    ///
    /// # Errors
    /// Returns the unknown word that was found instead; an empty string at the end or before `and` or `or`.
    pub(super) fn operator(&mut self) -> Result<&'static str, String> {
        self.next();
        let symbols = self.peek(|c| !is_symbol(c));
        let word = if symbols.is_empty() { self.peek(is_separator) } else { symbols };
        if matches!(word.to_lowercase().as_str(), "and" | "or") {
            return Err(String::new());
        }
        if word == "not" {
            let remaining = self.rest.get(word.len()..).unwrap_or_default();
            let second = remaining.trim_ascii_start();
            let end = second.find(is_separator).unwrap_or(second.len());
            if second.get(..end) == Some("in") {
                self.skip(self.rest.len() - second.len() + end);
                return Ok("not in");
            }
        }
        match operator::find(word) {
            Some(known) => {
                self.skip(word.len());
                Ok(known)
            }
            None => Err(word.to_owned()),
        }
    }

    /// Reads a value in quotes.
    pub(super) fn quotes(&mut self) -> Result<String, Mistake> {
        let position = self.position();
        let (value, remaining) = in_quotes(self.rest)
            .map_err(|_| Mistake::new(format!("does not close the quote at character {position}")))?;
        self.rest = remaining;
        if !remaining.is_empty()
            && !remaining.starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, ',' | ')' | '('))
            && !remaining.starts_with(is_symbol)
        {
            return Err(self.mistake("has text right after a closing quote; write a quote within a value as \\\""));
        }
        Ok(value)
    }

    /// Returns the text up to the first character for which `ends` is true, without reading it.
    pub(super) fn peek(&self, ends: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        self.rest.get(..end).unwrap_or_default()
    }

    /// Returns a mistake at the next character.
    pub(super) fn mistake(&mut self, message: &str) -> Mistake {
        let position = self.position();
        Mistake::new(format!("{message} (at character {position})"))
    }

    /// Returns a mistake for text that cannot continue a condition.
    pub(super) fn unexpected(&mut self) -> Mistake {
        self.next();
        let symbols = self.peek(|c| !matches!(c, '&' | '|'));
        let meant = match symbols {
            "&" | "&&" => Some("and"),
            "|" | "||" => Some("or"),
            _ => None,
        };
        if let Some(meant) = meant {
            return self.mistake(&format!("has {symbols:?}; join conditions with {meant:?}"));
        }
        if self.next() == Some(',') {
            return self.mistake("has a comma after a value; use \"in\" or \"not in\" for several values, and put a value that contains a comma in quotes");
        }
        let word = self.peek(|c| c.is_ascii_whitespace() || c == ')');
        self.mistake(&format!(
            "continues with {} after a value; write a value with spaces as {}, and join conditions with \"and\" or \"or\"",
            quoted(word),
            with_quotes(&self.text_around())
        ))
    }

    /// Returns the words around the next one that were probably meant as one value.
    fn text_around(&self) -> String {
        let read = self.text.get(..self.text.len() - self.rest.len()).unwrap_or_default().trim_ascii_end();
        let before =
            read.rsplit(|c: char| c.is_ascii_whitespace() || c == ',' || is_symbol(c)).next().unwrap_or_default();
        let joins = |word: &&str| !is_keyword(word);
        let after = self.peek(|c| matches!(c, ',' | ')')).split_ascii_whitespace().take_while(joins);
        [before].into_iter().chain(after).collect::<Vec<_>>().join(" ").replace('"', "")
    }
}

impl Mistake {
    pub(super) fn new(message: String) -> Self {
        Self { message, meaning: None }
    }

    pub(super) fn with_suggestion(self, given: &str, known: &'static [&'static str]) -> Self {
        Self { meaning: Some((given.to_owned(), known)), ..self }
    }

    pub(super) fn into_problem(self, path: &str, text: &str) -> Problem {
        let problem = Problem::new(path, format!("{} {}", quoted(text), self.message));
        match self.meaning {
            Some((given, known)) => problem.with_suggestion(&given, known.iter().copied()),
            None => problem,
        }
    }
}

/// Returns `true` if an unquoted word ends before this character.
pub(super) fn is_separator(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, ',' | '(' | ')' | '"')
}

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}
