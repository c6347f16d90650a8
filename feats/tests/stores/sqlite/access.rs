//! Files that cannot be written: locked, read-only, on a full disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use feats::ErrorKind;
use feats::store::Store;
use sqlx::Connection;

use super::child::{Publisher, Told, command, command_of};
use super::{beside, close, open, raw};
use crate::writing::{publish, verified};

#[tokio::test]
async fn a_locked_database_is_a_timeout_and_can_still_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    publish(&store, "Feature").await.unwrap();
    let mut other = raw(&path).await;
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();

    let start = Instant::now();
    let error = publish(&store, "Feature").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.message().contains("locked by another program for 300ms"), "{error}");
    assert!((Duration::from_millis(290)..Duration::from_secs(5)).contains(&start.elapsed()));
    assert_eq!(store.load().await.unwrap().entries.len(), 1);

    lock.rollback().await.unwrap();
    assert_eq!(publish(&store, "Feature").await.unwrap().version, 2);
}

#[tokio::test]
async fn an_exclusively_locked_database_is_a_timeout() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    publish(&open(&path), "Feature").await.unwrap();
    let mut other = raw(&path).await;
    let alone = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM counts; COMMIT";
    sqlx::raw_sql(alone).execute(&mut other).await.unwrap();
    let store = open(&path);
    for error in [store.load().await.map(drop).unwrap_err(), publish(&store, "Feature").await.map(drop).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    }
    other.close().await.unwrap();
    publish(&store, "Feature").await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_read_only_file_can_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    publish(&store, "Feature").await.unwrap();
    close(store, &path).await;
    allow(directory.path(), 0o777);
    allow(&path, 0o444);
    let told = Publisher::run(unprivileged(directory.path(), &path));
    let [Told::Loaded(loaded), Told::Failed(error)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(loaded, "1");
    assert!(error.starts_with("ReadOnly: ") && error.contains("feats.db"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_in_a_read_only_directory_can_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    publish(&store, "Feature").await.unwrap();
    // A new file is accessible to its owner alone.
    for part in ["", "-wal", "-shm"] {
        allow(&beside(&path, part), 0o644);
    }
    let child = || {
        allow(directory.path(), 0o555);
        let told = Publisher::run(unprivileged(directory.path(), &path));
        allow(directory.path(), 0o755);
        told
    };
    let used = child();
    close(store, &path).await;
    let closed = child();
    for told in [used, closed] {
        let [Told::Loaded(loaded), Told::Failed(error)] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(loaded, "1");
        assert!(error.starts_with("ReadOnly: "), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_cannot_be_created_is_read_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    allow(directory.path(), 0o555);
    let told = Publisher::run(unprivileged(directory.path(), &path));
    allow(directory.path(), 0o755);
    assert!(matches!(told.as_slice(), [Told::Loaded(loaded), ..] if loaded == "Unavailable"), "{told:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_size_limit_is_an_error_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let child = command(&path);
    let mut limited = Command::new("sh");
    limited
        .args(["-c", r#"trap "" XFSZ; ulimit -f 1000; exec "$0" "$@""#])
        .arg(child.get_program())
        .args(child.get_args());
    limited.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    filled(limited, &path).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
async fn a_full_disk_is_an_error_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("disk/feats.db");
    fs::create_dir(directory.path().join("disk")).unwrap();
    let able = Command::new("unshare").args(["--map-root-user", "--mount", "true"]).stderr(Stdio::null()).status();
    if !able.is_ok_and(|status| status.success()) {
        return println!("skipped: this system does not permit to mount a small disk");
    }
    let child = command(&path);
    // The disk ends with the process, so the file is copied off it.
    let script = r#"mount -t tmpfs -o size=600k small "$1/disk" && { shift; "$@"; cp "$FEATS_TEST_CHILD"* "$0"; }"#;
    let mut small = Command::new("unshare");
    small.args(["--map-root-user", "--mount", "sh", "-c", script]).arg(directory.path()).arg(directory.path());
    small.arg(child.get_program()).args(child.get_args());
    small.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    filled(small, &directory.path().join("feats.db")).await;
}

/// Publishes until the disk is full: acknowledged revisions are kept, and the store works again with free space.
async fn filled(child: Command, path: &Path) {
    let told = Publisher::run(child);
    let Some(Told::Failed(error)) = told.last() else { panic!("{told:?}") };
    assert!(error.starts_with("Unavailable: ") && error.contains("full"), "{error}");
    let store = open(path);
    let mut published = 0;
    for told in &told {
        if let Told::Published(feature, version) = told {
            published += 1;
            assert!(verified(&store, feature).await.len() as u64 >= *version);
        }
    }
    assert!(published > 5, "{told:?}");
    publish(&store, "One").await.unwrap();
}

/// Builds the command for a child without root privileges.
#[cfg(unix)]
fn unprivileged(directory: &Path, path: &Path) -> Command {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;
    if fs::metadata(directory).unwrap().uid() != 0 {
        return command(path);
    }
    let unprivileged_id = 65534;
    let mut command = command_of(&reachable_copy(directory), path);
    command.uid(unprivileged_id).gid(unprivileged_id).current_dir("/");
    command
}

/// Copies this binary to a place where any user can start it.
#[cfg(unix)]
fn reachable_copy(directory: &Path) -> PathBuf {
    let copy = directory.join("child");
    if !copy.exists() {
        fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    }
    copy
}

#[cfg(unix)]
fn allow(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
