//! `cargo xtask docs`: checks the links of all documents and builds the book of `docs/`.

use std::process::{Command, Stdio};

use crate::command::answers;
use crate::root;
use crate::tidy::{Tree, documents};

/// Checks the documents, and builds the book into `target/book` where mdBook is installed.
///
/// # Errors
/// A document is wrong, or mdBook cannot build the book.
pub(crate) fn run() -> Result<(), String> {
    let tree = Tree::read(root()).map_err(|error| format!("the repository cannot be read: {error}"))?;
    let problems = documents::check(&tree);
    if !problems.is_empty() {
        let lines: String = problems.iter().map(|problem| format!("\n  {problem}")).collect();
        return Err(format!("{} problems:{lines}", problems.len()));
    }
    println!("all links of the documents lead somewhere");
    if !answers(&["mdbook", "--version"]) {
        println!("the book is not built: mdBook is not installed; `cargo install mdbook` installs it");
        return Ok(());
    }
    let line = "mdbook build docs";
    println!("$ {line}");
    let built = Command::new("mdbook").args(["build", "docs"]).current_dir(root()).stdin(Stdio::null()).status();
    match built {
        Ok(status) if status.success() => {
            println!("the book is at target/book/index.html");
            Ok(())
        }
        Ok(status) => Err(format!("`{line}` ended with {status}")),
        Err(error) => Err(format!("`{line}` could not be started: {error}")),
    }
}
