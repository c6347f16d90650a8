//! An input cannot have attributes.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(#[cfg(test)] input: u32) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create(1);
}
