//! A default whose condition does not hold, and no other.

#[feats::feature]
trait Fee {
    #[cfg_attr(any(), default)]
    fn flat() -> u32 {
        2
    }
}

fn main() {
    let _ = Fee::create();
}
