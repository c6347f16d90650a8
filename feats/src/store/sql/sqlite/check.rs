//! Checks of a database: its file system, its journal, whether it is writable, and lost revisions.

use std::fs;
use std::path::{Path, PathBuf};

use super::connection::{Database, run_blocking};
use crate::error::{ErrorKind, Result};
use crate::store::gaps;
use crate::store::sql::error::Failure;
use crate::store::sql::revisions;
use crate::store::sql::session::Session;

/// File systems whose locks are not reliable.
const NETWORK_FILE_SYSTEMS: &[&str] = &[
    "9p",
    "afs",
    "ceph",
    "cifs",
    "fuse.ceph",
    "fuse.glusterfs",
    "fuse.sshfs",
    "glusterfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
];

/// Returns warnings for operators.
pub(super) async fn check(database: &Database) -> Result<Vec<String>> {
    let mut lease = database.lease(&database.reader).await?;
    let gaps = revisions::gaps(lease.session()).await;
    let mut warnings = Vec::from_iter(gaps::warning(lease.finish(gaps)?));
    match database.lease(&database.writer).await {
        Ok(mut lease) => {
            let journal = journal(lease.session()).await;
            warnings.extend(lease.finish(journal)?);
        }
        Err(error) if error.kind() == ErrorKind::ReadOnly => {
            warnings.push(format!("nothing can be published: {}", error.message()));
        }
        Err(error) => return Err(error),
    }
    let path = database.options.path.clone();
    // Without Linux's readable list of mounts, the kind of the file system is unknown.
    if let Ok(Some(kind)) = run_blocking(move || file_system(&path)).await
        && NETWORK_FILE_SYSTEMS.contains(&kind.as_str())
    {
        let message = "the database file is on a network file system";
        warnings.push(format!("{message} ({kind}), whose locks are not reliable; put it on a local disk"));
    }
    Ok(warnings)
}

async fn journal(session: &mut Session) -> Result<Option<String>, Failure> {
    let journal = session.fetch_first("PRAGMA journal_mode", &[]).await?;
    let journal = journal.map_or(Ok(String::new()), |mut row| row.text(0))?;
    let message = "the database has no write-ahead log";
    let warning = || format!("{message} (journal mode {journal}): readers and writers wait for each other");
    Ok((journal != "wal").then(warning))
}

/// Returns the kind of the file system of a file.
fn file_system(path: &Path) -> std::io::Result<Option<String>> {
    let path = fs::canonicalize(path)?;
    let mounts = fs::read_to_string("/proc/self/mountinfo")?;
    Ok(file_system_of(&mounts, &path).map(str::to_owned))
}

/// Finds the kind of the file system of a path in Linux's list of mounts: that of the deepest mount above the path, or of the last
/// one among several at that depth.
fn file_system_of<'a>(mounts: &'a str, path: &Path) -> Option<&'a str> {
    let mounts = mounts.lines().filter_map(|line| {
        let (mount, system) = line.split_once(" - ")?;
        let mount_point = unescape(mount.split(' ').nth(4)?);
        path.starts_with(&mount_point).then_some((mount_point.components().count(), system.split(' ').next()?))
    });
    mounts.max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

/// Decodes a path of the list, which has octal escapes for white space and backslashes.
fn unescape(text: &str) -> PathBuf {
    text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deepest_mount_above_a_path_decides() {
        let mounts = "\
            22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n\
            23 22 0:40 / /mnt rw - tmpfs tmpfs rw\n\
            24 23 0:41 / /mnt/shared\\040files rw,relatime - nfs4 server:/x rw\n\
            25 22 0:42 / /srv rw - ext4 /dev/vdb rw\n\
            26 22 0:43 / /srv rw - cifs //server/y rw\n";
        for (path, kind) in [
            ("/home/feats.db", "ext4"),
            ("/mnt/feats.db", "tmpfs"),
            ("/mnt/shared files/feats.db", "nfs4"),
            ("/mnt/shared files too/feats.db", "tmpfs"),
            ("/srv/feats.db", "cifs"),
        ] {
            assert_eq!(file_system_of(mounts, Path::new(path)), Some(kind), "{path}");
        }
        assert_eq!(file_system_of("nonsense\n", Path::new("/x")), None);
    }
}
