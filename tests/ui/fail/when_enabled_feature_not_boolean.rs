//! A condition that is not a boolean feature.

#[feats::feature]
trait Fee {
    #[default]
    fn flat() -> u32 {
        2
    }
}

#[feats::when_enabled(Fee)]
fn fancy() {}

fn main() {
    fancy();
}
