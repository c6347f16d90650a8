//! Implementations are read before macros are expanded.

#[feats::feature]
trait PaymentProcessor {
    implementations!();
    #[default]
    fn acme() -> u32 {
        2
    }
}

fn main() {}
