//! Patterns that do not name all that the other function gets.

struct User {
    id: u64,
    name: String,
}

fn plain(_user: User, _pair: (u64, u64), _more: u64) {}

#[feats::when_enabled("FANCY", otherwise = plain)]
fn fancy(User { id, .. }: User, (first, _): (u64, u64), ref last: u64) {
    let _ = (id, first, last);
}

fn main() {
    fancy(User { id: 1, name: String::new() }, (1, 2), 1);
}
