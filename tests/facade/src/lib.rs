//! A facade: its users depend on it alone, and declare features with the feats that it hands on.

pub use feats;

/// Other names for the same, as a library may arrange them.
pub mod flags {
    pub use feats as library;
    pub use feats::{boolean, feature, segment};
}

/// Declares a feature on its user's behalf.
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
