//! A feature is not generic.

#[feats::feature]
trait PaymentProcessor<T> {
    #[default]
    fn acme() -> u32 {
        2
    }
}

fn main() {}
