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

/// The names of both features.
pub const FEATURES: [&str; 2] = ["Payments", "Checkout"];

/// The implementations of both features. The first one is the default.
pub const CHOICES: [&str; 3] = ["acme", "premium", "aperture"];

/// Returns the current version of a feature in an app.
pub fn version(app: &App, feature: &str) -> u64 {
    app.feature_named(feature).expect("a declared feature").version()
}
