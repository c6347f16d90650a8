//! An output can borrow from only one input.

struct User;

#[feats::feature]
trait Label {
    #[default]
    fn of_one(_user: &User, _name: &str) -> &str {
        "a"
    }
}

#[feats::feature]
trait Title {
    #[default]
    fn of_none() -> Option<&str> {
        None
    }
}

#[feats::feature]
trait Named {
    #[default]
    fn of_one(_user: &User) -> &'a str {
        "a"
    }
}

fn main() {}
