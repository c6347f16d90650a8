//! What a form sent: names and values in order.

use axum::extract::{FromRequest, Request};

use super::failure::Failure;
use super::guard::BODY;

/// The most fields that a form of the console has.
const FIELDS: usize = 4_000;

/// The fields of a form, in the order of the page.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    fn read(body: &[u8]) -> Result<Self, Failure> {
        let fields: Vec<_> = form_urlencoded::parse(body).into_owned().take(FIELDS + 1).collect();
        if fields.len() > FIELDS { Err(Failure::TooLarge) } else { Ok(Self(fields)) }
    }

    /// The last value of a field: what a page computes can be said again further down. Empty if there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.all(name).last().unwrap_or_default()
    }

    /// All values of a field.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All fields.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
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

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let body = axum::body::to_bytes(request.into_body(), BODY).await;
        Self::read(&body.map_err(|_| Failure::TooLarge)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_order() {
        let fields = Fields::read(b"a=1&b=x+y&a=%C3%A9&c").unwrap();
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["1", "é"]);
        assert_eq!((fields.get("a"), fields.get("b"), fields.get("c"), fields.get("d")), ("é", "x y", "", ""));
        assert!(fields.has("c") && !fields.has("d"));
    }

    #[test]
    fn a_form_has_a_bounded_number_of_fields() {
        assert!(Fields::read("a&".repeat(FIELDS).as_bytes()).is_ok());
        assert!(matches!(Fields::read("a&".repeat(FIELDS + 1).as_bytes()), Err(Failure::TooLarge)));
    }
}
