//! An implementation cannot have a `where` clause.

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme() -> u32
    where
        u32: Copy,
    {
        2
    }
}

fn main() {}
