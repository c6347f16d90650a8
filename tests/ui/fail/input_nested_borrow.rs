//! An input cannot contain a nested borrow.

struct User;

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(input: Option<&User>) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create(Some(&User));
}
