//! Each type has one function, by value or by reference.

#[feats::segment]
trait Country {
    fn id(id: u64) -> u64 {
        id
    }
    fn reference(id: &u64) -> u64 {
        *id
    }
}

fn main() {}
