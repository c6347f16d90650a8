//! The only constant of a segment is `OPTIONS`.

struct User;

#[feats::segment]
trait Country {
    const CHOICES: &[&str] = &["CA"];
    fn user(_user: &User) -> &str {
        "CA"
    }
}

fn main() {}
