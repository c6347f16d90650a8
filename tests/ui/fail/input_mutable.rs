//! An input cannot be mutable.

struct User;

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(input: &mut User) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create(&mut User);
}
