//! `kind` and `owner` are arguments of features.

#[feats::segment(kind = ops, owner = "payments", nme = "country", color = 1)]
trait Version {
    fn number(number: u32) -> u32 {
        number
    }
}

fn main() {}
