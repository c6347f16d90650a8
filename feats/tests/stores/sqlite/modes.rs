//! Who may read the files.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use super::child::{Publisher, Told, command};
use super::{beside, open};
use crate::writing::publish;

#[tokio::test]
async fn a_new_database_is_for_its_owner_alone_whatever_the_umask() {
    for umask in ["000", "022", "077"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("feats.db");
        publish_under(umask, &path);
        assert_eq!(modes(&path), [0o600; 3], "umask {umask}");
    }
}

#[tokio::test]
async fn a_new_database_behind_a_link_is_for_its_owner_alone() {
    let directory = tempfile::tempdir().unwrap();
    let (real, link) = (directory.path().join("real.db"), directory.path().join("link.db"));
    symlink("real.db", &link).unwrap();
    publish_under("000", &link);
    assert_eq!(modes(&real), [0o600; 3]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[tokio::test]
async fn an_existing_file_keeps_its_mode() {
    for mode in [0o644, 0o660, 0o600] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("feats.db");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        publish_under("000", &path);
        assert_eq!(modes(&path), [mode; 3]);
    }
}

#[tokio::test]
async fn nothing_but_the_database_is_left_in_the_directory() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    publish(&store, "Feature").await.unwrap();
    let mut names: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["feats.db", "feats.db-shm", "feats.db-wal"]);
}

/// Publishes once in another program with this umask, and kills it, so that the log stays.
fn publish_under(umask: &str, path: &Path) {
    let child = command(path);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!(r#"umask {umask}; exec "$0" "$@""#)]).arg(child.get_program()).args(child.get_args());
    shell.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut publisher = Publisher::start(shell);
    let published = publisher.by_ref().find(|told| matches!(told, Told::Published(..)));
    assert!(published.is_some());
    publisher.kill();
}

/// Returns the modes of the file, its log and the index of the log.
fn modes(path: &Path) -> [u32; 3] {
    ["", "-wal", "-shm"].map(|suffix| fs::metadata(beside(path, suffix)).unwrap().mode() & 0o777)
}
