//! The mark is for one of the implementations.

#[feats::feature]
#[default]
trait PaymentProcessor {
    #[default]
    fn acme() -> u32 {
        2
    }
}

fn main() {}
