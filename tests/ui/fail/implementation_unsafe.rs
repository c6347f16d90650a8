//! An implementation is called from safe code.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    unsafe fn acme() -> u32 {
        2
    }
}

fn main() {}
