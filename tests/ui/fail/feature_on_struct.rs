//! A feature is declared as a trait.

#[feats::feature]
struct PaymentProcessor {
    fee: u32,
}

fn main() {
    let _ = PaymentProcessor { fee: 2 }.fee;
}
