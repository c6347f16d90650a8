//! Sentences whose words know what they are, so that a page can mark them up.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

/// Words for people. As text, with `Display` and in JSON, it is one plain line of them.
///
/// Names and values are a stranger's text: whoever writes a sentence to a page or a terminal escapes it.
///
/// ```
/// use feats::describe::{Sentence, Word};
/// let sentence = Sentence::from("everyone gets ").choice("acme");
/// assert_eq!(sentence.words(), [Word::Text("everyone gets ".into()), Word::Choice("acme".into())]);
/// assert_eq!(sentence.to_string(), "everyone gets acme");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RichText(Vec<Span>);

/// A piece of a sentence: what it says, and what that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Text between names, and names that operators chose freely, such as those of rules.
    Text(Cow<'static, str>),
    /// The name of a segment, or of an attribute of the program.
    Segment(String),
    /// A value to compare with, or that a subject has.
    Value(String),
    /// The name of an implementation.
    Choice(String),
}

/// A count in groups of three digits, as slots and units are written everywhere.
///
/// ```
/// assert_eq!(feats::describe::grouped(1_234_567), "1 234 567");
/// ```
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(" ")
}

impl RichText {
    /// No words.
    pub fn new() -> Self {
        Self::default()
    }

    /// The words in order; no two texts stand beside each other.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes on with text.
    #[must_use]
    pub fn text(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.push(Span::Text(text.into()));
        self
    }

    /// Goes on with the name of a segment.
    #[must_use]
    pub fn segment(mut self, name: impl Into<String>) -> Self {
        self.push(Span::Segment(name.into()));
        self
    }

    /// Goes on with a value.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.push(Span::Value(value.into()));
        self
    }

    /// Goes on with the name of an implementation.
    #[must_use]
    pub fn choice(mut self, name: impl Into<String>) -> Self {
        self.push(Span::Choice(name.into()));
        self
    }

    /// Goes on with another sentence.
    #[must_use]
    pub fn then(mut self, other: RichText) -> Self {
        other.0.into_iter().for_each(|word| self.push(word));
        self
    }

    /// Puts sentences one after the other, with text between them.
    pub fn join(sentences: impl IntoIterator<Item = RichText>, between: &'static str) -> Self {
        sentences.into_iter().enumerate().fold(Self::new(), |joined, (at, sentence)| {
            let joined = if at == 0 { joined } else { joined.text(between) };
            joined.then(sentence)
        })
    }

    /// The same beginning with a capital, if it begins with text.
    #[must_use]
    pub fn capitalised(mut self) -> Self {
        if let Some(Span::Text(text)) = self.0.first_mut() {
            let mut letters = text.chars();
            let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
            *text = Cow::Owned(first + letters.as_str());
        }
        self
    }

    fn push(&mut self, word: Span) {
        match (self.0.last_mut(), word) {
            (_, Span::Text(text)) if text.is_empty() => {}
            (Some(Span::Text(last)), Span::Text(text)) => last.to_mut().push_str(&text),
            (_, word) => self.0.push(word),
        }
    }
}

impl Span {
    /// What the word says.
    pub fn as_str(&self) -> &str {
        match self {
            Span::Text(text) => text,
            Span::Segment(text) | Span::Value(text) | Span::Choice(text) => text,
        }
    }
}

impl From<&'static str> for RichText {
    fn from(text: &'static str) -> Self {
        Self::new().text(text)
    }
}

impl From<String> for RichText {
    fn from(text: String) -> Self {
        Self::new().text(text)
    }
}

impl fmt::Display for RichText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|word| f.write_str(word.as_str()))
    }
}

impl Serialize for RichText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
