//! An implementation is written where it is declared.

struct User;

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(user: &User) -> u32;
}

fn main() {
    let _ = PaymentProcessor::create(&User) + 1;
}
