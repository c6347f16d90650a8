//! A small disk, which a test can fill.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A file system of 256 MiB in memory with the data of a server. It is unmounted when it is dropped.
pub struct SmallDisk {
    folder: PathBuf,
}

const OPTIONS: &str = "size=256m,mode=700";

impl SmallDisk {
    /// Returns `true` if this process may mount file systems. Otherwise prints a line, and the calling test is skipped.
    ///
    /// # Panics
    /// Panics if there is no temporary directory.
    #[expect(clippy::print_stderr, reason = "a skipped test prints the reason")]
    pub fn available() -> bool {
        let folder = tempfile::tempdir().expect("a directory");
        let mounted = Self::try_mount(folder.path());
        if mounted.is_none() {
            eprintln!("skipped: this user may not mount a small disk");
        }
        mounted.is_some()
    }

    /// Mounts a small disk on a folder.
    pub(crate) fn mount(folder: &Path) -> Self {
        Self::try_mount(folder).expect("a mounted disk")
    }

    /// Fills the disk: every write that needs space fails until [`free`](Self::free).
    ///
    /// # Panics
    /// Panics if writing fails for another reason.
    pub fn fill(&self) {
        let mut file = File::create(self.filler()).expect("a file");
        let error = loop {
            if let Err(error) = file.write_all(&[0; 4096]) {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::StorageFull, "{error}");
    }

    /// Makes the space available again.
    ///
    /// # Panics
    /// Panics if the disk was not filled.
    pub fn free(&self) {
        fs::remove_file(self.filler()).expect("the file is deleted");
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }

    fn try_mount(folder: &Path) -> Option<Self> {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", OPTIONS, "tmpfs"]).arg(folder);
        succeeds(&mut command).then(|| Self { folder: folder.to_owned() })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        succeeds(Command::new("umount").arg("-l").arg(&self.folder));
    }
}

fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_refuses_writes_until_it_is_freed_and_is_unmounted_at_the_end() {
        if !SmallDisk::available() {
            return;
        }
        let folder = tempfile::tempdir().expect("a directory");
        let file = folder.path().join("file");
        let disk = SmallDisk::mount(folder.path());
        disk.fill();
        let error = fs::write(&file, "Ada").expect_err("the disk is full");
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        disk.free();
        fs::write(&file, "Ada").expect("there is space");
        drop(disk);
        assert!(!file.exists(), "the disk is unmounted");
    }
}
