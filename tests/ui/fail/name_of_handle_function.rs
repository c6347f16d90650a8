//! A function cannot have the name of a generated function.

#[feats::feature]
trait Version {
    #[default]
    fn create() -> u32 {
        1
    }
    fn explain() -> u32 {
        2
    }
    fn __build() -> u32 {
        3
    }
}

fn main() {
    let _: u32 = Version::create();
}
