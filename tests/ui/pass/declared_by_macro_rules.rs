//! Handles that a `macro_rules!` declares are never reported as unused.

#![deny(warnings)]
#![forbid(dead_code)]

macro_rules! declare {
    ($($vis:vis $name:ident -> $output:ty)*) => {$(
        #[feats::feature]
        $vis trait $name {
            #[default]
            fn one(id: u64) -> $output {
                id.into()
            }
        }
    )*};
}

declare! {
    pub Public -> u64
    pub(crate) Restricted -> u128
    Private -> Option<u64>
}

fn main() {
    assert_eq!(Public::create(1), 1);
    assert_eq!(Restricted::create(1), 1);
    assert_eq!(Private::create(1), Some(1));
}
