//! The features that all tests share.

use std::sync::atomic::{AtomicUsize, Ordering};

use feats::App;
use feats::store::Memory;

pub struct Address {
    pub country: String,
}

pub struct User {
    pub id: u64,
    pub home: Address,
}

pub fn user(id: u64, country: &str) -> User {
    User { id, home: Address { country: country.to_owned() } }
}

/// The number of calls of a segment.
pub static SEGMENT_CALLS: AtomicUsize = AtomicUsize::new(0);

#[feats::segment]
pub trait Country {
    fn user(user: &User) -> &str {
        &user.home.country
    }
    fn address(address: &Address) -> &str {
        &address.country
    }
}

#[feats::segment]
pub trait UserId {
    fn user(user: &User) -> u64 {
        user.id
    }
}

/// A segment that counts its calls, and panics for one user.
#[feats::segment]
pub trait Counted {
    fn user(user: &User) -> u64 {
        SEGMENT_CALLS.fetch_add(1, Ordering::SeqCst);
        assert!(user.id != 13, "unlucky");
        user.id
    }
}

/// A segment that makes decisions in a scope.
#[feats::segment]
pub trait Tier {
    fn user(user: &User) -> String {
        let inside = App::builder().detached().start_blocking().map(|app| app.enter(|| Button::create(user)));
        format!("{}{}", inside.unwrap_or_default(), Button::create(user))
    }
}

#[feats::feature]
pub trait Button {
    #[default]
    fn plain(_user: &User) -> &'static str {
        "plain"
    }
    fn fancy(_user: &User) -> &'static str {
        "fancy"
    }
}

#[feats::feature]
pub trait Banner {
    #[default]
    fn none(_user: &User) -> &'static str {
        "none"
    }
    fn sale(_user: &User) -> &'static str {
        "sale"
    }
}

/// Both inputs have a country.
#[feats::feature]
pub trait Shipping {
    #[default]
    fn post(_user: &User, _destination: &Address) -> u32 {
        1
    }
    fn courier(_user: &User, _destination: &Address) -> u32 {
        2
    }
}

pub async fn app() -> App {
    App::builder().store(Memory::new()).detached().start().await.expect("started")
}
