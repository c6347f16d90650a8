//! An implementation uses the Rust ABI.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    extern "C" fn acme() -> u32 {
        2
    }
}

fn main() {}
