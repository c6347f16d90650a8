//! The fields of a submitted form.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use tokio::sync::OwnedSemaphorePermit;

use super::failure::Failure;
use super::guard::MAX_BODY_BYTES;
use super::request_context::MayWrite;
use super::state::ConsoleState;

/// The most fields of a form.
const MAX_FIELDS: usize = 4_000;

/// The longest time that a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest body that is parsed without a draft permit.
const SMALL_BODY_BYTES: usize = 16 << 10;

/// Every field that the console reads from a form. Others are dropped, so a new field has no effect until it is listed here, and
/// the permission test requires an example of each.
pub(super) const FIELDS: [Field; 54] = [
    Field::Name("allow_reshuffle"),
    Field::Name("allow_incompatible"),
    Field::Name("base"),
    Field::Name("browser"),
    Field::Name("choice"),
    Field::Name("comment"),
    Field::Name("data"),
    Field::Name("do"),
    Field::Name("draft"),
    Field::Name("enabled"),
    Field::Name("minutes"),
    Field::Name("name"),
    Field::Name("o.attribute"),
    Field::Name("o.segment"),
    Field::Name("o.type"),
    Field::Name("o.use"),
    Field::Name("o.value"),
    Field::Name("open"),
    Field::Name("r.attribute"),
    Field::Name("r.buckets"),
    Field::Name("r.by"),
    Field::Numbered("r.c", "json"),
    Field::Numbered("r.c", "name"),
    Field::Numbered("r.c", "of"),
    Field::Numbered("r.c", "op"),
    Field::Numbered("r.c", "source"),
    Field::Numbered("r.c", "type"),
    Field::Numbered("r.c", "v"),
    Field::Name("r.duration"),
    Field::Prefix("r.f."),
    Field::Name("r.fail"),
    Field::Name("r.unknown"),
    Field::Name("r.kind"),
    Field::Name("r.visited"),
    Field::Name("r.match"),
    Field::Name("r.missing"),
    Field::Name("r.name"),
    Field::Name("r.pass"),
    Field::Name("r.ramp"),
    Field::Name("r.rest"),
    Field::Name("r.share"),
    Field::Name("r.start"),
    Field::Name("r.static"),
    Field::Name("r.suggested"),
    Field::Name("r.units"),
    Field::Prefix("r.w."),
    Field::Name("rules"),
    Field::Prefix("s."),
    Field::Name("unpin"),
    Field::Name("v.json"),
    Field::Name("v.name"),
    Field::Name("v.of"),
    Field::Name("version"),
    Field::Name("what"),
];

/// A field name, or a pattern of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// Exactly this name.
    Name(&'static str),
    /// Names with this prefix, followed by the name of an implementation or segment.
    Prefix(&'static str),
    /// A prefix, a number, a dot and a suffix, such as `r.c7.op`.
    Numbered(&'static str, &'static str),
}

/// The fields of a form, in page order.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pairs: Vec<(String, String)>,
    /// The permit to process a draft, held until the request ends.
    _permit: Option<OwnedSemaphorePermit>,
}

impl Field {
    fn matches(self, name: &str) -> bool {
        match self {
            Field::Name(expected) => name == expected,
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

    /// Returns the last value of a field, or an empty string. The last one counts, because a page may repeat a field.
    pub(super) fn get(&self, name: &str) -> &str {
        self.all(name).last().unwrap_or_default()
    }

    /// Returns all values of a field.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(expected, _)| expected == name).map(|(_, value)| value.as_str())
    }

    /// Returns all fields.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// Parses a number; an absent or empty field is 0.
    pub(super) fn number(&self, name: &str) -> Result<u64, Failure> {
        match self.get(name) {
            "" => Ok(0),
            text => text.parse().map_err(|_| Failure::Unreadable(format!("“{name}” is not a number."))),
        }
    }
}

/// Reads a body only if its sender may write something. A handler must extract the
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
            // A pin must not wait for drafts.
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
    fn fields_keep_their_order() {
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
    fn unknown_fields_are_dropped() {
        let fields =
            Fields::parse(b"author=eve&r.c0.op=eq&r.c7.v=1&r.cx.v=1&r.c.v=&r.w.acme=5&s.Country=CA&r.c0.x=1&names=x")
                .unwrap();
        let names: Vec<_> = fields.pairs().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["r.c0.op", "r.c7.v", "r.c.v", "r.w.acme", "s.Country"]);
    }
}
