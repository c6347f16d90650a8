//! Inputs with a flag.

#[feats::when_enabled("FANCY"(&id))]
fn fancy(id: u64) -> u64 {
    id
}

fn main() {
    fancy(1);
}
