//! `#[default]` takes no arguments.

#[feats::feature]
trait PaymentProcessor {
    #[default(true)]
    fn acme() -> u32 {
        2
    }
}

fn main() {}
