//! The only type of a feature is `Output`.

#[feats::feature]
trait PaymentProcessor {
    type Processor = u32;
    #[default]
    fn acme() -> u32 {
        2
    }
}

fn main() {}
