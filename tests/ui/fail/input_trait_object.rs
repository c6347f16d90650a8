//! An input cannot be a trait object.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(input: &dyn Send) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create(&0);
}
