//! A handle converts to and from names by itself.

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
