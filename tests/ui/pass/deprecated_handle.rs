//! A deprecated handle is reported where it is used, not where it is declared.

#![deny(warnings)]

#[feats::feature]
#[deprecated = "use another"]
pub trait Fee {
    #[default]
    fn flat(id: &u64) -> u64 {
        *id
    }
}

#[feats::boolean]
#[deprecated]
pub fn Discount(id: &u64) -> bool {
    *id == 1
}

#[feats::segment]
#[deprecated]
pub trait UserId {
    fn id(id: &u64) -> u64 {
        *id
    }
}

fn main() {}
