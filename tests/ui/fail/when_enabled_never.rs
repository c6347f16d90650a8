//! A function that never returns cannot return `None`.

#[feats::when_enabled("FANCY")]
fn serve() -> ! {
    loop {}
}

fn main() {
    serve();
}
