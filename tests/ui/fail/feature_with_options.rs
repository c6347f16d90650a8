//! Options belong to a segment.

#[feats::feature]
trait PaymentProcessor {
    const OPTIONS: &[&str] = &["acme"];
    #[default]
    fn acme() -> u32 {
        2
    }
}

fn main() {}
