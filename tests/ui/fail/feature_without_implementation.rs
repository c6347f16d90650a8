//! A feature without implementations is no choice.

#[feats::feature]
trait PaymentProcessor {}

fn main() {
    PaymentProcessor::create();
}
