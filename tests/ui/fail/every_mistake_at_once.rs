//! All mistakes of one item are reported at once, without errors in the code that uses it.

struct User;

#[feats::feature(kind = rollout, ownr = "payments")]
pub trait PaymentProcessor: Send {
    #[default]
    fn acme(&self, user: &mut User) -> u32 {
        2
    }
    #[default]
    fn premium() -> String;
}

fn main() {
    let fee: u32 = PaymentProcessor::create(&mut User);
    match PaymentProcessor::find_implementation(&mut User) {
        PaymentProcessor::Acme => println!("{fee}"),
        PaymentProcessor::Premium => println!("{}", PaymentProcessor::Premium),
    }
}
