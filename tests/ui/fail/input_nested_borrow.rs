//! An input borrows nothing within.

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
