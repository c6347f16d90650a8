//! A feature cannot have a `where` clause.

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
