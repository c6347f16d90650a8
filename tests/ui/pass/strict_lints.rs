//! A program may deny all warnings.

#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]

/// Who decides are about.
pub struct User {
    /// Which one.
    pub id: u64,
}

/// Who the user is.
#[feats::segment]
pub trait UserId {
    fn user(user: &User) -> u64 {
        user.id
    }
}

#[feats::feature]
pub trait Fee {
    #[default]
    fn flat(_user: &User) -> u32 {
        2
    }
    fn free(_user: &User) -> u32 {
        0
    }
}

#[feats::boolean]
pub fn Discount(user: &User) -> bool {
    user.id == 1
}

fn plain(_user: &User, fee: u64) -> u64 {
    fee
}

/// What a user pays.
#[feats::when_enabled(Discount(user), otherwise = plain)]
pub fn discounted(user: &User, _: u64) -> u64 {
    user.id
}

fn main() {
    let user = User { id: 1 };
    assert_eq!((Fee::create(&user), Discount::is_enabled(&user), discounted(&user, 2)), (2, true, 1));
}
