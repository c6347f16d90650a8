//! A feature has one type, `Output`.

#[feats::feature]
trait PaymentProcessor {
    type Processor = u32;
    #[default]
    fn acme() -> u32 {
        2
    }
}

fn main() {}
