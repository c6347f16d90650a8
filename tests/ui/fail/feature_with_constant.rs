//! A feature cannot have constants.

#[feats::feature]
trait PaymentProcessor {
    const FEE: u32 = 2;
    #[default]
    fn acme() -> u32 {
        2
    }
}

fn main() {}
