//! Names that no flag can have.

#[feats::when_enabled("")]
fn empty() {}

#[feats::when_enabled(" ")]
fn blank() {}

#[feats::when_enabled("NEW\nCHECKOUT")]
fn control_character() {}

#[feats::when_enabled("NEW\u{200b}CHECKOUT")]
fn invisible_character() {}

fn main() {
    empty();
    blank();
    control_character();
    invisible_character();
}
