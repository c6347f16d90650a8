//! The Python programs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use feats_servers::Redis;
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::users::User;

/// The original clients, on the flags in a Redis.
pub struct Originals {
    python: PathBuf,
    port: String,
    /// Has the file with the users.
    directory: TempDir,
}

impl Originals {
    pub fn new(python: PathBuf, redis: &Redis) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        Self { python, port: redis.port().to_string(), directory }
    }

    /// Writes the flags.
    pub fn write_flags(&self) {
        self.run("write_flags.py", &[]);
    }

    /// Returns the answers for users, by flag, for each of some times after `start`, in milliseconds.
    pub fn answers(
        &self,
        base_key: &str,
        users: &[User],
        start: SystemTime,
        times: &[u64],
    ) -> Vec<BTreeMap<String, String>> {
        let json: Vec<_> = users.iter().map(|user| Json::Object(user.json.clone())).collect();
        fs::write(self.directory.path().join("users.json"), Json::Array(json).to_string()).expect("written");
        let start = start.duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
        let times = times.iter().map(|time| {
            let millis = start + u128::from(*time);
            format!("{}.{:03}", millis / 1_000, millis % 1_000)
        });
        let users = self.directory.path().join("users.json").display().to_string();
        let arguments: Vec<String> = [users, base_key.to_owned()].into_iter().chain(times).collect();
        let printed = self.run("answer.py", &arguments);
        printed.lines().map(|line| serde_json::from_str(line).expect("answers")).collect()
    }

    fn run(&self, program: &str, arguments: &[String]) -> String {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/moving_over").join(program);
        let mut command = Command::new(&self.python);
        // Without `-B`, Python writes compiled files beside the sources.
        command.arg("-B").arg(program).arg(&self.port).args(arguments).env("TZ", "UTC");
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}
