//! A name with characters that operators cannot see.

#[feats::feature(name = "fee\u{200b}")]
trait Fee {
    #[default]
    #[name = " "]
    fn flat() -> u32 {
        2
    }
}

fn main() {}
