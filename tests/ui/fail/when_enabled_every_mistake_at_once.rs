//! All mistakes are reported at once, without errors in the code that uses the function.

struct User {
    id: u64,
}

#[feats::when_enabled("", atributes = user, otherwise = 1)]
const fn fancy(User { .. }: User) -> u64 {
    1
}

fn main() {
    let _: u64 = fancy(User { id: 1 });
}
