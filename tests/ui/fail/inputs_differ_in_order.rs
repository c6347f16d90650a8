//! All implementations take the inputs in the same order.

struct User;

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(_user: &User, _name: &str) -> u32 {
        2
    }
    fn premium(_name: &str, _user: &User) -> u32 {
        4
    }
}

fn main() {}
