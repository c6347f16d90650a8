//! An implementation cannot take `self`.

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
