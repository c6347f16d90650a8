//! A segment's function is written where it is declared.

struct User;

#[feats::segment]
trait Country {
    fn user(user: &User) -> &str;
}

fn main() {
    let _ = Country::is("CA");
}
