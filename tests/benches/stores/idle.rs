//! The requests of programs that only follow their store.

use std::fs;
use std::time::Duration;

use feats::App;
use feats::model::Declaration;
use feats_servers::Proxy;
use tokio::time::sleep;

use crate::contender::{Contender, Server};
use crate::measure::end;

/// The time for which requests are counted.
pub const TIME: Duration = Duration::from_secs(60);

/// The time after the start before counting, so that the requests of the start are not counted.
const SETTLING_TIME: Duration = Duration::from_secs(3);

/// Returns the number of requests that a program with each store sends in [`TIME`]; for SQLite, its reads of files, where the system
/// counts them. All programs run at the same time.
pub async fn requests(contenders: &[Contender]) -> Vec<Option<usize>> {
    let mut apps = Vec::new();
    for contender in contenders {
        let declaration = Declaration::new("Feature", ["acme", "premium"]);
        let app = App::builder().store(contender.open_counted("idle")).declare(declaration).detached();
        apps.push(app.start().await.expect("started"));
    }
    sleep(SETTLING_TIME).await;
    let before: Vec<_> = contenders.iter().map(count).collect();
    sleep(TIME).await;
    let counts = contenders.iter().zip(before).map(|(contender, before)| Some(count(contender)? - before?)).collect();
    end(apps).await;
    counts
}

fn count(contender: &Contender) -> Option<usize> {
    match &contender.server {
        Server::Memory(_) => None,
        Server::Sqlite(_) => file_reads(),
        _ => contender.line.as_ref().map(Proxy::requests),
    }
}

/// Returns the number of reads that the threads of SQLite have done, on Linux.
fn file_reads() -> Option<usize> {
    let mut reads = 0;
    for thread in fs::read_dir("/proc/self/task").ok()? {
        let thread = thread.ok()?.path();
        if fs::read_to_string(thread.join("comm")).ok()?.starts_with("feats-sqlite") {
            let counts = fs::read_to_string(thread.join("io")).ok()?;
            let count = counts.lines().find_map(|line| line.strip_prefix("syscr: "))?;
            reads += count.parse::<usize>().ok()?;
        }
    }
    Some(reads)
}
