//! A value is at hand.

struct User;

#[feats::segment]
trait Country {
    async fn user(_user: &User) -> String {
        String::new()
    }
}

fn main() {}
