//! A program may forbid lints, because generated code does not allow them.

#![forbid(unsafe_code, unused, dead_code, deprecated, private_interfaces, mismatched_lifetime_syntaxes)]
#![deny(warnings)]

struct Hidden(u64);

fn helper(hidden: &Hidden) -> u64 {
    hidden.0
}

#[feats::feature]
trait Unused {
    #[default]
    fn nothing(_hidden: &Hidden) -> u64 {
        1
    }
    fn id(hidden: &Hidden) -> u64 {
        helper(hidden)
    }
    #[deprecated = "it is slow"]
    fn slow(_hidden: &Hidden) -> u64 {
        3
    }
}

#[feats::feature]
trait Built {
    type Output = dyn std::fmt::Display;

    #[default]
    fn text() -> &'static str {
        "text"
    }
    fn number() -> u64 {
        1
    }
}

#[feats::feature]
trait Borrowed {
    #[default]
    fn id(hidden: &Hidden) -> &u64 {
        &hidden.0
    }
}

#[feats::feature]
trait Awaited {
    #[default]
    async fn id(hidden: Hidden, _name: &str) -> u64 {
        hidden.0
    }
}

#[feats::boolean]
fn Switch(_hidden: &Hidden) -> bool {
    true
}

#[feats::segment]
trait Text {
    const OPTIONS: &[&str] = &["a"];
    fn hidden(_hidden: &Hidden) -> Option<String> {
        None
    }
}

#[feats::segment]
trait Number {
    fn hidden(hidden: &Hidden) -> u64 {
        hidden.0
    }
}

mod public {
    pub struct Exported;

    struct Secret;

    #[feats::feature]
    pub trait Public {
        #[default]
        fn plain(_secret: &Secret, _exported: &Exported) -> u8 {
            2
        }
    }
}

#[feats::when_enabled(Switch(hidden), otherwise = replacement)]
fn guarded(hidden: &Hidden, _: u64) -> u64 {
    hidden.0
}

fn replacement(_hidden: &Hidden, number: u64) -> u64 {
    number
}

#[feats::when_enabled(Switch(hidden))]
async fn optional(hidden: &Hidden) {
    if hidden.0 > 0 {
        return;
    }
    panic!("no number");
}

#[feats::when_enabled("ENDLESS", otherwise = stop)]
fn endless() -> ! {
    loop {}
}

fn stop() -> ! {
    std::process::exit(1)
}

fn main() {
    if guarded(&Hidden(1), 2) > 2 {
        drop(optional(&Hidden(1)));
        endless();
    }
}
