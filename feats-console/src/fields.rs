//! What a form sent: names and values in order.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use tokio::sync::OwnedSemaphorePermit;

use super::failure::Failure;
use super::guard::MAX_BODY_BYTES;
use super::request_context::MayWrite;
use super::state::ConsoleState;

/// The most fields that a form of the console has.
const MAX_FIELDS: usize = 4_000;

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A larger body is read while few others are.
const SMALL_BODY_BYTES: usize = 16 << 10;

/// Every field that the console reads from a form. What is not listed here is dropped, so that a new field is of no effect
/// before it is listed, and the test of permissions has an example for each.
pub(super) const FIELDS: [Field; 37] = [
    Field::Name("allow_reshuffle"),
    Field::Name("allow_incompatible"),
    Field::Name("base"),
    Field::Name("browser"),
    Field::Name("choice"),
    Field::Name("comment"),
    Field::Name("do"),
    Field::Name("draft"),
    Field::Name("minutes"),
    Field::Name("name"),
    Field::Name("o.segment"),
    Field::Name("o.use"),
    Field::Name("o.value"),
    Field::Name("open"),
    Field::Name("r.by"),
    Field::Numbered("r.c", "json"),
    Field::Numbered("r.c", "op"),
    Field::Numbered("r.c", "source"),
    Field::Numbered("r.c", "v"),
    Field::Name("r.duration"),
    Field::Name("r.unknown"),
    Field::Name("r.kind"),
    Field::Name("r.visited"),
    Field::Name("r.match"),
    Field::Name("r.name"),
    Field::Name("r.ramp"),
    Field::Name("r.rest"),
    Field::Name("r.share"),
    Field::Name("r.start"),
    Field::Name("r.static"),
    Field::Name("r.suggested"),
    Field::Prefix("r.w."),
    Field::Name("rules"),
    Field::Prefix("s."),
    Field::Name("unpin"),
    Field::Name("version"),
    Field::Name("what"),
];

/// The name of a field, or those of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// This name.
    Name(&'static str),
    /// What begins so: the rest is the name of an implementation or a segment.
    Prefix(&'static str),
    /// A number between the two, and a dot: `r.c7.op`.
    Numbered(&'static str, &'static str),
}

/// The fields of a form, in the order of the page.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pairs: Vec<(String, String)>,
    /// The right to work on a draft, for as long as the request takes.
    _permit: Option<OwnedSemaphorePermit>,
}

impl Field {
    fn matches(self, name: &str) -> bool {
        match self {
            Field::Name(known) => name == known,
            Field::Prefix(prefix) => name.starts_with(prefix),
            Field::Numbered(prefix, suffix) => {
                let numbered = name.strip_prefix(prefix).and_then(|rest| rest.split_once('.'));
                numbered
                    .is_some_and(|(number, rest)| rest == suffix && number.bytes().all(|byte| byte.is_ascii_digit()))
            }
        }
    }
}

impl Fields {
    fn parse(body: &[u8]) -> Result<Self, Failure> {
        let mut pairs: Vec<_> = form_urlencoded::parse(body).into_owned().take(MAX_FIELDS + 1).collect();
        if pairs.len() > MAX_FIELDS {
            return Err(Failure::TooLarge);
        }
        pairs.retain(|(name, _)| FIELDS.iter().any(|field| field.matches(name)));
        Ok(Self { pairs, _permit: None })
    }

    /// The last value of a field: what a page computes can be said again further down. Empty if there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.all(name).last().unwrap_or_default()
    }

    /// All values of a field.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All fields.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// A number; 0 where there is none.
    pub(super) fn number(&self, name: &str) -> Result<u64, Failure> {
        match self.get(name) {
            "" => Ok(0),
            text => text.parse().map_err(|_| Failure::Unreadable(format!("“{name}” is not a number."))),
        }
    }
}

/// Nothing of a body is read before it is known that its sender may write something: a handler takes the
/// [`RequestContext`](super::request_context::RequestContext) first.
impl FromRequest<Arc<ConsoleState>> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, console: &Arc<ConsoleState>) -> Result<Self, Failure> {
        if !request.extensions().get::<MayWrite>().is_some_and(|may| may.0) {
            return Err(Failure::Denied);
        }
        let body = read(request.into_body()).await?;
        if body.len() <= SMALL_BODY_BYTES {
            let fields = Self::parse(&body)?;
            // A pin waits for no draft.
            if !fields.has("draft") {
                return Ok(fields);
            }
        }
        let permit = console.drafts.begin().await?;
        Ok(Self { _permit: Some(permit), ..Self::parse(&body)? })
    }
}

async fn read(body: Body) -> Result<axum::body::Bytes, Failure> {
    let body = tokio::time::timeout(BODY_TIMEOUT, axum::body::to_bytes(body, MAX_BODY_BYTES)).await;
    body.map_err(|_| Failure::SlowBody)?.map_err(|_| Failure::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_order() {
        let fields = Fields::parse(b"name=1&what=x+y&name=%C3%A9&choice").unwrap();
        assert_eq!(fields.all("name").collect::<Vec<_>>(), ["1", "é"]);
        let [name, what, choice, none] = ["name", "what", "choice", "version"].map(|field| fields.get(field));
        assert_eq!((name, what, choice, none), ("é", "x y", "", ""));
        assert!(fields.has("choice") && !fields.has("version"));
    }

    #[test]
    fn a_form_has_a_bounded_number_of_fields() {
        assert!(Fields::parse("name&".repeat(MAX_FIELDS).as_bytes()).is_ok());
        assert!(matches!(Fields::parse("a&".repeat(MAX_FIELDS + 1).as_bytes()), Err(Failure::TooLarge)));
    }

    #[test]
    fn what_is_not_a_field_is_dropped() {
        let fields =
            Fields::parse(b"author=eve&r.c0.op=eq&r.c7.v=1&r.cx.v=1&r.c.v=&r.w.acme=5&s.Country=CA&r.c0.x=1&names=x")
                .unwrap();
        let names: Vec<_> = fields.pairs().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["r.c0.op", "r.c7.v", "r.c.v", "r.w.acme", "s.Country"]);
    }
}
