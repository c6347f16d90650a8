//! An input is there in every build.

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
