//! An input cannot have a named lifetime.

struct User;

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(input: &'a User) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create(&User);
}
