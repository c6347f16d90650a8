//! The features that are evaluated and published.

use feats::App;

pub struct User {
    pub id: u64,
}

#[feats::segment]
pub trait UserId {
    fn user(user: &User) -> u64 {
        user.id
    }
}

#[feats::feature]
pub trait Payments {
    #[default]
    fn acme(_user: &User) -> &'static str {
        "acme"
    }
    fn premium(_user: &User) -> &'static str {
        "premium"
    }
    fn aperture(_user: &User) -> &'static str {
        "aperture"
    }
}

#[feats::feature]
pub trait Checkout {
    #[default]
    fn acme(_user: &User) -> &'static str {
        "acme"
    }
    fn premium(_user: &User) -> &'static str {
        "premium"
    }
    fn aperture(_user: &User) -> &'static str {
        "aperture"
    }
}

/// Both features, by name.
pub const FEATURES: [&str; 2] = ["Payments", "Checkout"];

/// What both can give. The first is the default.
pub const CHOICES: [&str; 3] = ["acme", "premium", "aperture"];

/// The version of a feature that has arrived.
pub fn version(app: &App, feature: &str) -> u64 {
    app.feature_named(feature).expect("a declared feature").version()
}
