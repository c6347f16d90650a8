//! Another program on the same file: this test binary, started a second time.

use std::env;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use feats::store::{AppendOutcome, Page, RevisionStamp, Sqlite, Store, WatchEvent};

use super::open;
use crate::writing::revision;

const PATH: &str = "FEATS_TEST_CHILD";
const FEATURES: [&str; 3] = ["One", "Two", "Three"];

/// A process that loads and then publishes until it fails or is killed.
pub(super) struct Publisher {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

/// A report of the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The number of loaded features, or the error.
    Loaded(String),
    /// The store has acknowledged this version of a feature.
    Published(String, u64),
    /// The error with which it ended.
    Failed(String),
}

/// Builds the command that starts it.
pub(super) fn command(path: &Path) -> Command {
    command_of(&env::current_exe().unwrap(), path)
}

/// Builds the command for a copy of this binary.
pub(super) fn command_of(binary: &Path, path: &Path) -> Command {
    let mut command = Command::new(binary);
    command.args(["--exact", "sqlite::child::publishes", "--nocapture", "--quiet"]).env(PATH, path);
    command
}

impl Publisher {
    pub(super) fn start(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// Kills the child with SIGKILL. Returns its reports.
    pub(super) fn kill(mut self) -> Vec<Told> {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.collect()
    }

    /// Runs the child until it fails. Returns its reports.
    pub(super) fn run(command: Command) -> Vec<Told> {
        let mut publisher = Self::start(command);
        let told = publisher.by_ref().collect();
        assert!(publisher.process.wait().unwrap().success());
        told
    }
}

impl Iterator for Publisher {
    type Item = Told;

    fn next(&mut self) -> Option<Told> {
        loop {
            let line = self.lines.next()?.unwrap();
            let mut words = line.splitn(3, '\t');
            match (words.next(), words.next(), words.next()) {
                (Some("loaded"), Some(what), _) => return Some(Told::Loaded(what.to_owned())),
                (Some("failed"), Some(why), _) => return Some(Told::Failed(why.to_owned())),
                (Some("published"), Some(feature), Some(version)) => {
                    return Some(Told::Published(feature.to_owned(), version.parse().unwrap()));
                }
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn changes_of_another_program_arrive() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    let mut cursor = store.load().await.unwrap().cursor;
    let program = Publisher::start(command(&path));
    for _ in 0..5 {
        let watched = store.watch(&cursor, Duration::from_secs(20)).await.unwrap();
        let WatchEvent::Changes { entries, cursor: next } = watched else { panic!("there was a gap") };
        assert!(!entries.is_empty(), "nothing arrived");
        cursor = next;
    }
    program.kill();
}

/// Runs in the child processes of other tests. Does nothing without the environment variable of a child.
#[tokio::test]
#[expect(clippy::print_stdout, reason = "it is how the process tells what it did")]
async fn publishes() {
    let Ok(path) = env::var(PATH) else { return };
    let store = open(Path::new(&path)).busy_timeout(Duration::from_secs(5));
    match store.load().await {
        Ok(loaded) => println!("\nloaded\t{}", loaded.entries.len()),
        Err(error) => println!("\nloaded\t{:?}", error.kind()),
    }
    loop {
        let feature = FEATURES[fastrand::usize(..FEATURES.len())];
        match publish(&store, feature).await {
            Ok(version) => println!("published\t{feature}\t{version}"),
            Err(error) => return println!("failed\t{}", format!("{error:?}").replace(['\n', '\t'], " ")),
        }
    }
}

async fn publish(store: &Sqlite, feature: &str) -> feats::Result<u64> {
    let mut current = store.history(feature, Page { before: None, limit: 1 }).await?.pop();
    loop {
        let entry = revision(feature, current.as_ref(), fastrand::usize(..20_000));
        let expected = current.as_ref().map(RevisionStamp::after).unwrap_or_default();
        match store.append(expected, &entry).await? {
            AppendOutcome::Done => return Ok(entry.version),
            AppendOutcome::Conflict(other) => current = other,
        }
    }
}
