//! Two functions cannot become the same variant.

#[feats::feature]
trait Version {
    #[default]
    fn a_1() -> u32 {
        1
    }
    fn a1() -> u32 {
        2
    }
}

fn main() {
    let _ = Version::A1;
}
