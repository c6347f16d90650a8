//! Implementations are reached through the handle.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    pub fn acme() -> u32 {
        2
    }
}

fn main() {}
