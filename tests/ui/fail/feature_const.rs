//! A feature is a plain trait.

#[feats::feature]
const trait Fee {
    #[default]
    fn flat() -> u32 {
        2
    }
}

fn main() {}
