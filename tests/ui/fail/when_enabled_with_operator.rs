//! A condition that is an expression.

#[feats::boolean]
fn Fancy() -> bool {
    true
}

#[feats::when_enabled(!Fancy)]
fn plain() {}

fn main() {
    plain();
}
