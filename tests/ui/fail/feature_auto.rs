//! A feature is a plain trait.

#[feats::feature]
auto trait Fee {
    #[default]
    fn flat() -> u32 {
        2
    }
}

fn main() {}
