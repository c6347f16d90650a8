//! The inputs of the default need names.

struct User;

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(_: &User) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create(&User);
}
