//! An input needs a name.

struct Point {
    x: u32,
}

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(Point { x }: Point) -> u32 {
        2
    }
}

fn main() {
    let _: u32 = PaymentProcessor::create(Point { x: 1 });
}
