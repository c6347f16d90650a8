//! What the tests share: one declared feature, and apps around it.

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
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Does something to a SQLite file and the log beside it, which may hold what the file does not yet: as long as nobody
/// uses them, they are the database together.
pub fn each_file(from: &Path, to: &Path, act: impl Fn(PathBuf, PathBuf) -> std::io::Result<()>) {
    for end in ["-wal", ""] {
        let beside = |path: &Path| PathBuf::from(format!("{}{end}", path.display()));
        match act(beside(from), beside(to)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !end.is_empty() => {}
            done => done.expect("done"),
        }
    }
}
