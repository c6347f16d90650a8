//! An input needs a concrete type.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(input: &Vec<_>) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create(&vec![1]);
}
