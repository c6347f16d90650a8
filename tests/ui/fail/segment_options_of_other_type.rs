//! Options have the type `&[&str]`.

struct User;

#[feats::segment]
trait Country {
    const OPTIONS: [&'static str; 1] = ["CA"];
    fn user(_user: &User) -> &str {
        "CA"
    }
}

fn main() {}
