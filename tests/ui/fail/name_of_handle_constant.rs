//! A function whose variant would clash with a constant of every handle.

#[feats::feature]
trait Audience {
    #[default]
    fn nothing() -> u32 {
        0
    }
    fn a_l_l() -> u32 {
        1
    }
}

fn main() {
    let _ = Audience::create();
}
