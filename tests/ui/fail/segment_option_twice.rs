//! Each option is listed once.

struct User;

#[feats::segment]
trait Country {
    const OPTIONS: &[&str] = &["CA", "US", "CA"];
    fn user(_user: &User) -> &str {
        "CA"
    }
}

fn main() {}
