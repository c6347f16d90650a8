//! A handle implements the conversions to and from names already.

#[feats::feature]
#[derive(PartialOrd, Display, serde::Serialize)]
trait Fee {
    #[default]
    fn flat() -> u32 {
        2
    }
}

fn main() {
    let _ = Fee::create();
}
