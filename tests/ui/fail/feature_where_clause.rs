//! A feature has nothing to bound.

#[feats::feature]
trait PaymentProcessor
where
    u32: Copy,
{
    #[default]
    fn acme() -> u32 {
        2
    }
}

fn main() {}
