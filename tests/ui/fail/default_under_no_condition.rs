//! The only default is under a condition that does not hold.

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
