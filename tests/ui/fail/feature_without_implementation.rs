//! A feature needs an implementation.

#[feats::feature]
trait PaymentProcessor {}

fn main() {
    PaymentProcessor::create();
}
