//! A facade: its users depend only on it, and declare features with the feats that it re-exports.

pub use feats;

/// The attributes under other paths.
pub mod flags {
    pub use feats as library;
    pub use feats::{boolean, feature, segment, when_enabled};
}

/// Declares a function with a condition for its user.
#[macro_export]
macro_rules! guard {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($input:ident: $ty:ty),*) -> $output:ty $body:block when $flag:literal) => {
        #[$crate::feats::when_enabled($flag, crate = $crate::feats)]
        $(#[$meta])*
        $vis fn $name($($input: $ty),*) -> $output $body
    };
}

/// Declares a feature for its user.
#[macro_export]
macro_rules! declare {
    ($(#[$meta:meta])* $vis:vis $name:ident: $value:expr) => {
        #[$crate::feats::feature(crate = $crate::feats)]
        $(#[$meta])*
        $vis trait $name {
            #[default]
            fn plain() -> u32 {
                $value
            }
        }
    };
}
