//! An implementation cannot be `const`.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    const fn acme() -> u32 {
        2
    }
}

fn main() {}
