//! `str` is unsized.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(input: str) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create("a");
}
