//! Exactly one implementation is the default.

#[feats::feature]
trait PaymentProcessor {
    fn acme() -> u32 {
        2
    }
    fn premium() -> u32 {
        4
    }
}

fn main() {
    let _ = PaymentProcessor::create();
}
