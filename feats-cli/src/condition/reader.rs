//! Reading the words of a condition one by one, and saying where something is wrong.

use feats::Problem;
use feats::text::quoted;

use super::operator::{self, is_symbol};
use crate::values::{in_form, in_quotes, plain};

/// Words that join conditions. In small or capital letters, they are values only in quotes.
const KEYWORDS: [&str; 3] = ["and", "or", "not"];

/// A text, and how much of it has been read.
pub(super) struct Reader<'t> {
    text: &'t str,
    rest: &'t str,
}

/// What is wrong with a condition.
pub(super) struct Mistake {
    message: String,
    /// What was found, and what may have been meant.
    meaning: Option<(String, &'static [&'static str])>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, rest: text }
    }

    /// The next character that is not a space, which stays to be read.
    pub(super) fn next(&mut self) -> Option<char> {
        self.rest = self.rest.trim_ascii_start();
        self.rest.chars().next()
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'t str {
        self.rest
    }

    /// Goes on behind so many bytes, and gives them.
    pub(super) fn skip(&mut self, bytes: usize) -> &'t str {
        let (read, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        read
    }

    /// The number of the next character, from 1 on.
    pub(super) fn place(&mut self) -> usize {
        self.next();
        let read = self.text.len().saturating_sub(self.rest.len());
        self.text.get(..read).unwrap_or_default().chars().count() + 1
    }

    /// Reads this character, if it is the next one.
    pub(super) fn take(&mut self, c: char) -> bool {
        let found = self.next() == Some(c);
        if found {
            self.skip(c.len_utf8());
        }
        found
    }

    /// Reads this keyword, if it is the next word.
    pub(super) fn keyword(&mut self, keyword: &str) -> bool {
        self.next();
        let word = self.peek(|c| is_separator(c) || is_symbol(c));
        let found = word.eq_ignore_ascii_case(keyword);
        if found {
            self.skip(word.len());
        }
        found
    }

    /// Reads what a check is about.
    pub(super) fn source(&mut self) -> Result<String, Mistake> {
        let place = self.place();
        let missing = || match place {
            1 => Mistake::new("does not begin with a segment".to_owned()),
            place => Mistake::new(format!("has no segment at character {place}")),
        };
        if self.next() == Some('"') {
            return self.quotes().and_then(|name| if name.is_empty() { Err(missing()) } else { Ok(name) });
        }
        let word = self.peek(|c| is_separator(c) || is_symbol(c));
        if word.is_empty() || is_keyword(word) || word == "in" {
            return Err(missing());
        }
        let name = plain(word).map_err(|message| self.mistake(&format!("is unclear: {message}")))?;
        self.skip(word.len());
        Ok(name)
    }

    /// Reads an operator.
    ///
    /// # Errors
    /// What is in its place; nothing at the end or before a word that joins conditions.
    pub(super) fn operator(&mut self) -> Result<&'static str, String> {
        self.next();
        let symbols = self.peek(|c| !is_symbol(c));
        let word = if symbols.is_empty() { self.peek(is_separator) } else { symbols };
        if matches!(word.to_lowercase().as_str(), "and" | "or") {
            return Err(String::new());
        }
        if word == "not" {
            let behind = self.rest.get(word.len()..).unwrap_or_default();
            let second = behind.trim_ascii_start();
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
        let place = self.place();
        let (value, behind) =
            in_quotes(self.rest).map_err(|_| Mistake::new(format!("does not close the quote at character {place}")))?;
        self.rest = behind;
        if !behind.is_empty()
            && !behind.starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, ',' | ')' | '('))
            && !behind.starts_with(is_symbol)
        {
            return Err(self.mistake("has text right behind a closing quote; a quote in a value is written \\\""));
        }
        Ok(value)
    }

    /// The text up to the first character of a sort, which is not read.
    pub(super) fn peek(&self, ends: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        self.rest.get(..end).unwrap_or_default()
    }

    /// What is wrong at the next character.
    pub(super) fn mistake(&mut self, message: &str) -> Mistake {
        let place = self.place();
        Mistake::new(format!("{message} (at character {place})"))
    }

    /// What is wrong where a condition goes on in a way that none does.
    pub(super) fn unexpected(&mut self) -> Mistake {
        self.next();
        let symbols = self.peek(|c| !matches!(c, '&' | '|'));
        let meant = match symbols {
            "&" | "&&" => Some("and"),
            "|" | "||" => Some("or"),
            _ => None,
        };
        if let Some(meant) = meant {
            return self.mistake(&format!("has {symbols:?}; conditions are joined by {meant:?}"));
        }
        if self.next() == Some(',') {
            return self.mistake("has a comma behind one value; several values need \"in\" or \"not in\", and a value with a comma needs quotes");
        }
        let word = self.peek(|c| c.is_ascii_whitespace() || c == ')');
        self.mistake(&format!(
            "goes on with {} behind a value; text with spaces is written {}, and conditions are joined by \"and\" or \"or\"",
            quoted(word),
            in_form(&self.text_around())
        ))
    }

    /// The words around the next one that probably were meant as one value.
    fn text_around(&self) -> String {
        let read = self.text.get(..self.text.len() - self.rest.len()).unwrap_or_default().trim_ascii_end();
        let before =
            read.rsplit(|c: char| c.is_ascii_whitespace() || c == ',' || is_symbol(c)).next().unwrap_or_default();
        let joins = |word: &&str| !is_keyword(word);
        let behind = self.peek(|c| matches!(c, ',' | ')')).split_ascii_whitespace().take_while(joins);
        [before].into_iter().chain(behind).collect::<Vec<_>>().join(" ").replace('"', "")
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

/// Whether a word without quotes ends before this character.
pub(super) fn is_separator(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, ',' | '(' | ')' | '"')
}

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}
