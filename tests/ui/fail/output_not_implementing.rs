//! A type that does not implement the trait is reported where it is written.

trait Processor {}

struct Acme;

struct Premium;

impl Processor for Acme {}

#[feats::feature]
trait PaymentProcessor {
    type Output = dyn Processor;
    #[default]
    fn acme() -> Acme {
        Acme
    }
    fn premium() -> Premium {
        Premium
    }
}

fn main() {}
