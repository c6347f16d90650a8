//! An implementation is a Rust function.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    extern "C" fn acme() -> u32 {
        2
    }
}

fn main() {}
