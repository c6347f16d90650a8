//! An input cannot contain a borrow.

use std::borrow::Cow;

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(input: Cow<'_, str>) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create(Cow::Borrowed("a"));
}
