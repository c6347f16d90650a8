//! A segment's function cannot be async.

struct User;

#[feats::segment]
trait Country {
    async fn user(_user: &User) -> String {
        String::new()
    }
}

fn main() {}
