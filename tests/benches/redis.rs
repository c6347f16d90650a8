//! The cost of Redis: the delay until a publish is visible, the commands of an idle program, and the start of a large one. Run
//! with `cargo xtask bench`.
//!
//! Every number is compared with that of programs without feats on the same server, in the same run.

#![expect(clippy::print_stdout, reason = "the results are printed")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use feats::model::{Condition, Declaration, Entry, Operator, Value, ValueKind};
use feats::store::{
    AppendOutcome, Cursor, LoadedStates, Page, Record, Records, Redis, RevisionStamp, Store, WatchEvent, async_trait,
};
use feats::{App, AppBuilder, Result};
use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const LARGE_FEATURES: usize = 10_000;

fn main() {
    if !feats_servers::available() {
        return;
    }
    let server = feats_servers::Redis::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        for (watchers, publishes) in [(100, 100), (1_000, 10)] {
            println!("\ntime from a publish until it is visible, {watchers} watchers, {publishes} publishes");
            row("PUBLISH, to a subscriber", raw_publish(&server, watchers, publishes).await);
            row("XADD, to a blocking XREAD", raw_stream(&server, watchers, publishes).await);
            row("feats, to its decisions", visible(&server, watchers, publishes).await);
        }
        idle(&server).await;
        large(&server).await;
    });
}

/// Prints the median and the 99th percentile.
fn row(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("  {what:28} p50 {:>9.2?}   p99 {:>9.2?}   ({} arrivals)", at(0.5), at(0.99), times.len());
}

fn describe(server: &feats_servers::Redis, prefix: &str) -> AppBuilder {
    let store = Redis::open(server.url()).expect("a URL").prefix(prefix);
    App::builder().store(store).detached()
}

fn payments() -> Declaration {
    Declaration::new("Payments", ["acme", "premium"]).segment("Country", ValueKind::Text)
}

/// Measures the delays with which `watchers` tasks see each of `publishes` events. `begin` creates a watcher, which is called with
/// the number of the event to wait for.
async fn arrivals<W, F>(
    watchers: Vec<W>,
    publishes: usize,
    mut publish: impl AsyncFnMut(usize),
    wait: impl Fn(W, usize) -> F + Copy + Send + 'static,
) -> Vec<Duration>
where
    W: Send + 'static,
    F: Future<Output = W> + Send,
{
    let mut watchers = watchers;
    let mut times = Vec::new();
    for event in 1..=publishes {
        let ready = Arc::new(Barrier::new(watchers.len() + 1));
        let mut waiting = JoinSet::new();
        for watcher in watchers.drain(..) {
            let ready = ready.clone();
            waiting.spawn(async move {
                ready.wait().await;
                let watcher = wait(watcher, event).await;
                (watcher, Instant::now())
            });
        }
        ready.wait().await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        let start = Instant::now();
        publish(event).await;
        while let Some(arrived) = waiting.join_next().await {
            let (watcher, at) = arrived.expect("no panic");
            times.push(at - start);
            watchers.push(watcher);
        }
    }
    times
}

async fn connection(server: &feats_servers::Redis) -> MultiplexedConnection {
    let client = redis::Client::open(server.url()).expect("a URL");
    let config = redis::AsyncConnectionConfig::new().set_response_timeout(Some(Duration::from_secs(60)));
    client.get_multiplexed_async_connection_with_config(&config).await.expect("a connection")
}

async fn raw_publish(server: &feats_servers::Redis, watchers: usize, publishes: usize) -> Vec<Duration> {
    use futures_util::StreamExt;
    let client = redis::Client::open(server.url()).expect("a URL");
    let mut subscribers = Vec::new();
    for _ in 0..watchers {
        let mut subscriber = client.get_async_pubsub().await.expect("a connection");
        subscriber.subscribe("changes").await.expect("subscribed");
        subscribers.push(subscriber);
    }
    let publisher = connection(server).await;
    let publish = async |event: usize| {
        let _: usize = publisher.clone().publish("changes", event).await.expect("published");
    };
    let next = |mut subscriber: redis::aio::PubSub, _| async move {
        subscriber.on_message().next().await.expect("a message");
        subscriber
    };
    arrivals(subscribers, publishes, publish, next).await
}

async fn raw_stream(server: &feats_servers::Redis, watchers: usize, publishes: usize) -> Vec<Duration> {
    let mut readers = Vec::new();
    for _ in 0..watchers {
        readers.push(connection(server).await);
    }
    let writer = connection(server).await;
    let publish = async |event: usize| {
        let _: String = writer.clone().xadd("raw", format!("{event}-0"), &[("event", event)]).await.expect("added");
    };
    let next = |mut reader: MultiplexedConnection, event: usize| async move {
        let after = format!("{}-0", event - 1);
        let mut read = redis::cmd("XREAD");
        read.arg("BLOCK").arg(60_000).arg("STREAMS").arg("raw").arg(after);
        let _: redis::Value = read.query_async(&mut reader).await.expect("an entry");
        reader
    };
    let times = arrivals(readers, publishes, publish, next).await;
    let _: usize = writer.clone().del("raw").await.expect("gone");
    times
}

/// Each watcher is a separate app with its own thread and connections, as in a separate process. The time is taken on that
/// thread, after the new snapshot is in effect.
async fn visible(server: &feats_servers::Redis, watchers: usize, publishes: usize) -> Vec<Duration> {
    let prefix = format!("visible-{watchers}");
    let redis = || Redis::open(server.url()).expect("a URL").prefix(&prefix);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut apps = Vec::new();
    for _ in 0..watchers {
        let timed = Timed { redis: redis(), seen: seen.clone(), applying: AtomicBool::new(false) };
        let app = App::builder().store(timed).declare(payments()).detached().start().await.expect("started");
        assert!(app.status().is_live(), "{:?}", app.status());
        apps.push(app);
    }
    let author = App::builder().store(redis()).declare(payments()).detached().start().await.expect("started");
    let feature = author.feature_named("Payments").expect("declared");
    let mut times = Vec::new();
    for event in 1..=publishes {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let canada = Condition::segment("Country", Operator::Eq(Value::from("CA")));
        let choice = if event.is_multiple_of(2) { "acme" } else { "premium" };
        let begun = Instant::now();
        feature.edit().rule("Canada", canada, choice).author("ada").publish().await.expect("published");
        while seen.lock().expect("no panic").len() < watchers {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        times.extend(seen.lock().expect("no panic").drain(..).map(|seen| seen - begun));
        let decided = apps.iter().map(|app| app.feature_named("Payments").expect("declared"));
        assert!(decided.into_iter().all(|feature| feature.version() == event as u64), "every app has the revision");
    }
    times
}

/// A Redis store that records when a change was applied, which is when the next `watch` starts.
struct Timed {
    redis: Redis,
    seen: Arc<Mutex<Vec<Instant>>>,
    applying: AtomicBool,
}

#[async_trait]
impl Store for Timed {
    fn name(&self) -> String {
        Store::name(&self.redis)
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.redis.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        self.redis.append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        self.redis.history(feature, page).await
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        if self.applying.swap(false, Ordering::Relaxed) {
            self.seen.lock().expect("no panic").push(Instant::now());
        }
        let watched = self.redis.watch(after, wait).await?;
        let changed = matches!(&watched, WatchEvent::Changes { entries, .. } if !entries.is_empty());
        self.applying.store(changed, Ordering::Relaxed);
        Ok(watched)
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.redis.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(&self.redis).await
    }

    fn records(&self) -> Option<&dyn Records> {
        Some(self)
    }
}

#[async_trait]
impl Records for Timed {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        self.redis.put(kind, key, bytes, ttl).await
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        self.redis.list(kind).await
    }
}

/// Returns the number of commands that the server has processed, without this one.
fn commands(server: &feats_servers::Redis) -> u64 {
    let stats: String = server.command(&["INFO", "stats"]);
    let line = stats.lines().find_map(|line| line.strip_prefix("total_commands_processed:")).expect("a count");
    line.trim().parse::<u64>().expect("a number") - 1
}

async fn idle(server: &feats_servers::Redis) {
    const TIME: Duration = Duration::from_secs(60);
    let app = describe(server, "idle").declare(payments()).start().await.expect("started");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = commands(server);
    tokio::time::sleep(TIME).await;
    let asked = commands(server) - before - 1;
    println!("\nidle program, {TIME:?}\n  {:.2} commands per second", asked as f64 / TIME.as_secs_f64());
    app.shutdown().await.expect("stopped");
}

async fn large(server: &feats_servers::Redis) {
    let describe = || {
        let declaration = |at| Declaration::new(&format!("Feature{at:05}"), ["acme", "premium"]);
        let with = |builder: AppBuilder, at| {
            builder.declare(declaration(at).segment("Country", ValueKind::Text).segment("UserId", ValueKind::Integer))
        };
        (0..LARGE_FEATURES).fold(describe(server, "large"), with)
    };
    let app = describe().start().await.expect("started");
    let features: Vec<_> =
        (0..LARGE_FEATURES).map(|at| app.feature_named(&format!("Feature{at:05}")).expect("declared")).collect();
    let publish = async |feature: &feats::FeatureHandle<feats::Dynamic>, comment: &str| {
        let canada = Condition::segment("Country", Operator::Eq(Value::from("CA")));
        let change = feature.edit().rule("Canada", canada, "premium").author("ada").comment(comment);
        change.publish().await.expect("published")
    };
    for feature in &features {
        publish(feature, "first").await;
    }
    let begin = Instant::now();
    let second = describe().start().await.expect("started");
    println!("\n{LARGE_FEATURES} features\n  start from Redis             {:>9.2?}", begin.elapsed());
    assert!(second.status().is_live());
    let output = || -> u64 {
        let stats: String = server.command(&["INFO", "stats"]);
        let line = stats.lines().find_map(|line| line.strip_prefix("total_net_output_bytes:")).expect("a count");
        line.trim().parse().expect("a number")
    };
    let before = output();
    let published = publish(&features[0], "one of many").await;
    let arrived = second.feature_named("Feature00000").expect("declared");
    arrived.wait_for(published.version(), Duration::from_secs(10)).await.expect("arrived");
    println!("  change of one of them        {:>9} bytes from the server to two programs", output() - before);
}
