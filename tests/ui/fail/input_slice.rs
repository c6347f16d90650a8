//! An input cannot be a slice.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(input: &[u32]) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create(&[1, 2]);
}
