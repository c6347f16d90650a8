//! A feature is a plain trait.

#[feats::feature]
unsafe trait PaymentProcessor {
    #[default]
    fn acme() -> u32 {
        2
    }
}

fn main() {}
