//! Text with typed spans, so that a page can mark it up.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

/// Text for people with typed spans. `Display` and JSON output it as one line of plain text.
///
/// Names and values are user input: callers escape the text for a page or a terminal.
///
/// ```
/// use feats::describe::{RichText, Span};
/// let text = RichText::from("everyone gets ").choice("acme");
/// assert_eq!(text.spans(), [Span::Text("everyone gets ".into()), Span::Choice("acme".into())]);
/// assert_eq!(text.to_string(), "everyone gets acme");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RichText(Vec<Span>);

/// A typed piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Text between names, including names freely chosen by operators, such as those of rules.
    Text(Cow<'static, str>),
    /// The name of a segment, or of an attribute of the program.
    Segment(String),
    /// A value of a subject, or an operand.
    Value(String),
    /// The name of an implementation.
    Choice(String),
}

/// Formats a number in groups of three digits.
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
    /// Creates an empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the spans in order; no two text spans are adjacent.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// Returns `true` if the text is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends plain text.
    #[must_use]
    pub fn text(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.push(Span::Text(text.into()));
        self
    }

    /// Appends the name of a segment.
    #[must_use]
    pub fn segment(mut self, name: impl Into<String>) -> Self {
        self.push(Span::Segment(name.into()));
        self
    }

    /// Appends a value.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.push(Span::Value(value.into()));
        self
    }

    /// Appends the name of an implementation.
    #[must_use]
    pub fn choice(mut self, name: impl Into<String>) -> Self {
        self.push(Span::Choice(name.into()));
        self
    }

    /// Appends another text.
    #[must_use]
    pub fn then(mut self, other: RichText) -> Self {
        other.0.into_iter().for_each(|span| self.push(span));
        self
    }

    /// Joins texts with a separator.
    pub fn join(texts: impl IntoIterator<Item = RichText>, separator: &'static str) -> Self {
        texts.into_iter().enumerate().fold(Self::new(), |joined, (index, text)| {
            let joined = if index == 0 { joined } else { joined.text(separator) };
            joined.then(text)
        })
    }

    /// Capitalizes the first letter, if the first span is plain text.
    #[must_use]
    pub fn capitalized(mut self) -> Self {
        if let Some(Span::Text(text)) = self.0.first_mut() {
            let mut letters = text.chars();
            let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
            *text = Cow::Owned(first + letters.as_str());
        }
        self
    }

    fn push(&mut self, span: Span) {
        match (self.0.last_mut(), span) {
            (_, Span::Text(text)) if text.is_empty() => {}
            (Some(Span::Text(last)), Span::Text(text)) => last.to_mut().push_str(&text),
            (_, span) => self.0.push(span),
        }
    }
}

impl Span {
    /// Returns the text of the span.
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
        self.0.iter().try_for_each(|span| f.write_str(span.as_str()))
    }
}

impl Serialize for RichText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
