//! Implementations are private.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    pub fn acme() -> u32 {
        2
    }
}

fn main() {}
