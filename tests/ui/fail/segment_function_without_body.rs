//! A segment's function needs a body.

struct User;

#[feats::segment]
trait Country {
    fn user(user: &User) -> &str;
}

fn main() {
    let _ = Country::is("CA");
}
