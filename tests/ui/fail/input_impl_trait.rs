//! An input needs a concrete type.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(input: impl Into<u32>) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create(1_u32);
}
