//! An implementation needs a body.

struct User;

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(user: &User) -> u32;
}

fn main() {
    let _ = PaymentProcessor::create(&User) + 1;
}
