//! An implementation is called while the program runs.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    const fn acme() -> u32 {
        2
    }
}

fn main() {}
