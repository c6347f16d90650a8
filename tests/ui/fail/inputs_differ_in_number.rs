//! All implementations take the same inputs.

struct User;

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(_user: &User, _name: &str) -> u32 {
        2
    }
    fn premium(_user: &User) -> u32 {
        4
    }
    fn free() -> u32 {
        0
    }
}

fn main() {}
