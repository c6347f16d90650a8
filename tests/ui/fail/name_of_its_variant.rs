//! A function cannot have the name of its variant.

#[feats::feature]
#[allow(non_snake_case)]
trait Version {
    #[default]
    fn One() -> u32 {
        1
    }
}

fn main() {}
