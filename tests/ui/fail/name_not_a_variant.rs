//! Some names cannot become variants.

#[feats::feature]
trait Version {
    #[default]
    fn self_() -> u32 {
        1
    }
    fn _2() -> u32 {
        2
    }
}

fn main() {
    let _: u32 = Version::create();
}
