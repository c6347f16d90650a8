//! An implementation needs a return type.

#[feats::feature]
trait Notify {
    #[default]
    fn by_mail() {}
}

fn main() {
    Notify::create();
}
