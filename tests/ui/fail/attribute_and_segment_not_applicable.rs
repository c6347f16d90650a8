//! A segment is checked even if it is combined with an attribute, on either side.

use feats::edit::attribute;

struct User {
    country: String,
}

#[feats::segment]
trait Country {
    fn user(user: &User) -> &str {
        &user.country
    }
}

#[feats::feature]
trait Fee {
    #[default]
    fn flat(_id: &u64) -> u32 {
        2
    }
}

fn edits(fee: &feats::FeatureHandle<Fee>) {
    let _ = fee.edit().rule("right", attribute("Environment", "prod").and(Country::is("CA")), Fee::Flat);
    let _ = fee.edit().rule("left", Country::is("CA").or(attribute("Environment", "prod")), Fee::Flat);
}

fn main() {
    let _ = edits;
}
