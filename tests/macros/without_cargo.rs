//! A build without Cargo.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the path of the feats library, which is in the folder of the test.
fn library(folder: &Path) -> PathBuf {
    let files = fs::read_dir(folder).expect("the folder of the test").map(|entry| entry.expect("an entry").path());
    let is_feats = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("libfeats-") && name.ends_with(".rlib")
    };
    let modified = |path: &PathBuf| path.metadata().and_then(|data| data.modified()).ok();
    files.filter(is_feats).max_by_key(modified).expect("feats is built")
}

#[test]
fn handles_can_be_declared_without_cargo() {
    let test = env::current_exe().expect("a test has a file");
    let folder = test.parent().expect("in a folder");
    let built = tempfile::tempdir().expect("a folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("macros/programs/without_cargo.rs");
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO")) {
        rustc.env_remove(name);
    }
    rustc.args(["--edition=2024", "--crate-type=bin", "--emit=metadata"]).arg(source);
    rustc.arg("--out-dir").arg(built.path()).arg("-L").arg(format!("dependency={}", folder.display()));
    rustc.arg("--extern").arg(format!("feats={}", library(folder).display()));
    let output = rustc.output().expect("rustc runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn without_a_package_the_name_of_the_crate_is_that_of_its_root_module() {
    use feats::__private::{crate_name, crate_version};

    assert_eq!((crate_name(Some("my-app"), "my_app::a"), crate_version(Some("1.2.3"))), ("my-app", "1.2.3"));
    assert_eq!(
        (crate_name(None, "my_app::a::b"), crate_name(None, "my_app"), crate_version(None)),
        ("my_app", "my_app", "")
    );
}
