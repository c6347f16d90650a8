//! A feature cannot have supertraits.

#[feats::feature]
trait PaymentProcessor: Send + Sync {
    #[default]
    fn acme() -> u32 {
        2
    }
}

fn main() {}
