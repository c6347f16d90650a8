//! The two-crate rule: the features of a library are registered only if the program names the library.
//!
//! A feature registers itself when the program is linked. A library that the program never names is not linked, even if it is a
//! dependency in `Cargo.toml`. Its features are then missing from the app, the catalog and every list, without an error or a
//! warning. This happens easily if the program itself does not call the library.
//!
//! ```console
//! $ cargo run --example linking
//! ```
//!
//! Remove the `use` below and run the example again: the list is empty. The tests `linked` and `not_linked` of this package
//! check both cases.
#![expect(clippy::print_stdout, reason = "a command-line program")]

// This line links the library. A call of any of its functions has the same effect.
use feats_example_library as _;

fn main() -> feats::Result<()> {
    let app = feats::App::builder().detached().start_blocking()?;
    let features = app.declarations();
    println!("This program has {} feature(s).", features.len());
    for feature in features {
        // If a feature is missing, check first which modules the others come from.
        let module = feature.location.as_ref().map_or("unknown", |location| &*location.module);
        println!("  {:<12} {module:<24} {}", feature.name, feature.doc);
    }
    Ok(())
}
