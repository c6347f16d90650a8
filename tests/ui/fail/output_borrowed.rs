//! What is given can borrow from one input only.

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
