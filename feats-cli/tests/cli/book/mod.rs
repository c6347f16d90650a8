//! The `$ feats` lines of the book and the READMEs are valid command lines. On a page that names a store (see [`shops`]), they are
//! run and print the output that the page shows.
//!
//! `FEATS_BLESS=1 cargo test -p feats-cli --test cli book` updates the output in the pages.

mod shell;
mod shops;
mod transcript;

use std::path::{Path, PathBuf};
use std::{env, fs};

use transcript::Transcript;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the Markdown files below a path.
fn documents(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<PathBuf> = entries
        .filter(|path| path.is_dir() || path.extension().is_some_and(|kind| kind == "md"))
        .flat_map(|path| documents(&path))
        .collect();
    found.sort();
    found
}

#[test]
fn every_command_of_the_book_prints_what_its_page_shows() {
    let places = ["docs", "README.md", "examples/README.md", "feats-cli/README.md"];
    let pages = places.iter().flat_map(|place| documents(&root().join(place)));
    let mut problems = Vec::new();
    for path in pages {
        let text = fs::read_to_string(&path).expect("a page");
        let run = Transcript::run(&text);
        let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        problems.extend(run.mistakes.into_iter().map(|mistake| format!("{name}:{mistake}")));
        if run.text != text {
            if env::var_os("FEATS_BLESS").is_some() {
                fs::write(&path, run.text).expect("written");
            } else {
                problems.extend(run.differences.into_iter().map(|difference| format!("{name}:{difference}")));
            }
        }
    }
    let advice = "if the command is right, FEATS_BLESS=1 writes its output into the pages";
    assert!(problems.is_empty(), "{advice}\n{}", problems.join("\n"));
}
