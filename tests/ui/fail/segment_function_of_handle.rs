//! A function cannot have the name of a generated function.

struct User;

#[feats::segment]
trait Country {
    fn is(_user: &User) -> &str {
        "CA"
    }
    fn __of_name(_name: &str) -> &str {
        "CA"
    }
}

fn main() {
    let _ = Country::is("CA");
}
