//! The visitors of the shop, and the segments that rules can use.

use serde::Deserialize;

/// The countries that the shop ships to: code and name.
pub(crate) const COUNTRIES: [(&str, &str); 3] = [("US", "United States"), ("CA", "Canada"), ("GB", "United Kingdom")];

/// A visitor, given by a query: `?id=7&country=CA&subdivision=CA-BC`.
#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct User {
    pub id: u64,
    pub country: String,
    /// Empty if unknown.
    pub subdivision: String,
}

/// The country that an order is shipped to, as ISO 3166-1 alpha-2 code.
#[feats::segment]
pub trait Country {
    fn user(user: &User) -> &str {
        &user.country
    }
}

/// The state or province, as ISO 3166-2 code.
#[feats::segment]
pub trait Subdivision {
    const OPTIONS: &[&str] = &["US-CA", "US-NY", "US-WA", "CA-BC", "CA-ON", "CA-QC", "GB-ENG", "GB-SCT"];

    fn user(user: &User) -> Option<&str> {
        user.known_subdivision()
    }
}

/// The number of the visitor's account.
#[feats::segment]
pub trait UserId {
    fn user(user: &User) -> u64 {
        user.id
    }
}

impl User {
    fn new(id: u64, country: &str) -> Self {
        Self { id, country: country.to_owned(), subdivision: String::new() }
    }

    /// Returns the subdivision if it is in the country. A visitor who has just selected another country has none.
    pub(crate) fn known_subdivision(&self) -> Option<&str> {
        let country = self.subdivision.split('-').next().filter(|country| !country.is_empty());
        country.filter(|country| *country == self.country).map(|_| self.subdivision.as_str())
    }
}

impl Default for User {
    fn default() -> Self {
        Self { subdivision: "US-WA".to_owned(), ..Self::new(1, "US") }
    }
}

/// Returns a hundred users: seventy in the US, twenty in Canada, ten in the United Kingdom.
pub(crate) fn hundred() -> impl Iterator<Item = User> {
    (1..=100).map(|id| {
        let country = match id {
            ..=70 => "US",
            71..=90 => "CA",
            _ => "GB",
        };
        User::new(id, country)
    })
}
