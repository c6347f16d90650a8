//! A program that follows a Redis without changes.

use feats::model::{Declaration, Rollout, ValueKind};
use feats::store::Redis;
use feats::{App, attributes};

use super::server;

#[tokio::test]
async fn decisions_send_no_commands() {
    const DECISIONS: u64 = 100_000;
    let Some(server) = server() else { return };
    let declaration = Declaration::new("Payments", ["acme", "premium"]).segment("UserId", ValueKind::Integer);
    let store = Redis::open(server.url()).unwrap();
    let app = App::builder().store(store).declare(declaration).detached().start().await.unwrap();
    let payments = app.feature_named("Payments").unwrap();
    let halves = Rollout::new("UserId", [("acme", 50.0), ("premium", 50.0)]);
    payments.edit().otherwise(halves).publish().await.unwrap();

    let commands = || -> u64 {
        let stats: String = server.command(&["INFO", "stats"]);
        let count = stats.lines().find_map(|line| line.strip_prefix("total_commands_processed:")).unwrap();
        count.trim().parse().unwrap()
    };
    let before = commands();
    let premium =
        (0..DECISIONS).filter(|id| payments.find_implementation(&attributes! { "UserId" => *id }) == "premium").count();
    let asked = commands() - before;
    assert!((40_000..60_000).contains(&premium), "{premium}");
    // Watching and heartbeats continue, with few commands even on a busy machine.
    assert!(asked < DECISIONS / 1_000, "{asked} commands for {DECISIONS} decisions");
}
