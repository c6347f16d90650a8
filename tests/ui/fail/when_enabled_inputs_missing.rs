//! A feature without its inputs.

#[feats::boolean]
fn Fancy(id: &u64) -> bool {
    *id == 1
}

#[feats::when_enabled(Fancy)]
fn fancy(id: u64) -> u64 {
    id
}

fn main() {
    fancy(1);
}
