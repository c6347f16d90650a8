//! `#[default]` applies to an implementation.

#[feats::feature]
#[default]
trait PaymentProcessor {
    #[default]
    fn acme() -> u32 {
        2
    }
}

fn main() {}
