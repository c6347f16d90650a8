//! An implementation has no `self`.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(&self) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create();
}
