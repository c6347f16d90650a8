//! An implementation is not generic.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme<T: Copy>() -> u32 {
        2
    }
}

fn main() {}
