//! A segment can have only one list of options.

struct User;

#[feats::segment]
trait Country {
    const OPTIONS: &[&str] = &["CA"];
    const OPTIONS: &[&str] = &["US"];
    fn user(_user: &User) -> &str {
        "CA"
    }
}

fn main() {}
