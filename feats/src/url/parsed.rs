//! The outcome of parsing.

use std::borrow::Cow;

/// A part of a URL, or the reason why it is not valid.
pub type Parsed<T> = Result<T, Cow<'static, str>>;
