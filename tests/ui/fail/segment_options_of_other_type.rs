//! Options are a list of texts.

struct User;

#[feats::segment]
trait Country {
    const OPTIONS: [&'static str; 1] = ["CA"];
    fn user(_user: &User) -> &str {
        "CA"
    }
}

fn main() {}
