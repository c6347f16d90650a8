//! All implementations take the same inputs.

struct User;

struct Account;

#[feats::feature]
trait PaymentProcessor {
    #[default]
    fn acme(_user: &User) -> u32 {
        2
    }
    fn premium(_account: &Account) -> u32 {
        4
    }
}

fn main() {}
