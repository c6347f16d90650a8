//! Exactly one implementation is the default.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme() -> u32 {
        2
    }
    #[default]
    fn premium() -> u32 {
        4
    }
}

fn main() {}
