//! Other attribute macros that apply to traits.

#[feats::feature]
#[mockall::automock]
trait Fee {
    #[default]
    fn flat() -> u32 {
        2
    }
}

#[feats::feature]
#[enum_dispatch]
trait Postage {
    #[default]
    fn flat() -> u32 {
        2
    }
}

fn main() {}
