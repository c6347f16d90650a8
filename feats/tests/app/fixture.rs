//! Shared code of the tests: a declared feature, and apps with it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use feats::App;
use feats::model::{Declaration, ValueKind};
use feats::store::{Memory, Store};

pub fn payments() -> Declaration {
    Declaration::new("Payments", ["acme", "premium", "aperture"])
        .segment("Country", ValueKind::Text)
        .segment("UserId", ValueKind::Integer)
        .segment("Age", ValueKind::Integer)
        .segment("Score", ValueKind::Float)
}

pub async fn app_on(store: impl Store) -> App {
    App::builder().store(store).declare(payments()).detached().start().await.expect("an app starts")
}

pub async fn app() -> App {
    app_on(Memory::new()).await
}

pub async fn until(what: &str, reached: impl Fn() -> bool) {
    let started = Instant::now();
    while !reached() {
        assert!(started.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Applies a file operation to a closed SQLite database: to the file and to its write-ahead log, which may have changes that the
/// file does not have yet.
pub fn each_file(from: &Path, to: &Path, operation: impl Fn(PathBuf, PathBuf) -> std::io::Result<()>) {
    for suffix in ["-wal", ""] {
        let with_suffix = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        match operation(with_suffix(from), with_suffix(to)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !suffix.is_empty() => {}
            result => result.expect("the operation succeeds"),
        }
    }
}
