//! What an implementation gives is declared.

#[feats::feature]
trait Notify {
    #[default]
    fn by_mail() {}
}

fn main() {
    Notify::create();
}
