//! The two-crate rule: a feature of a library is there if the program names the library.
//!
//! A feature registers itself when the program is linked, and a library that the program never names is not linked,
//! whatever `Cargo.toml` says. Then its features are missing from the app, the catalog and every list: no error, no
//! warning. It is easily met, for a program may well use a library's features through operators alone.
//!
//! ```console
//! $ cargo run --example linking
//! ```
//!
//! Take the `use` below away and run it again: the list is empty. The tests `linked` and `not_linked` of this package
//! are the proof.
#![expect(clippy::print_stdout, reason = "it is a program for the terminal")]

// This line is the rule. Calling anything of the library would do as well.
use feats_example_library as _;

fn main() -> feats::Result<()> {
    let app = feats::App::builder().detached().start_blocking()?;
    let features = app.declarations();
    println!("This program knows {} feature(s).", features.len());
    for feature in features {
        // The first thing to look at when a feature is missing: from where did the others come?
        let location = feature.location.as_ref().map_or("nowhere", |location| &*location.module);
        println!("  {:<12} {location:<24} {}", feature.name, feature.doc);
    }
    Ok(())
}
