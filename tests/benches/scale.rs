//! Scaling with the number of features and threads: heap, start, lookup, decisions. Run with `cargo xtask bench`.
//!
//! Every number is compared with a baseline of the same run.

#![expect(clippy::print_stdout, reason = "the results are printed")]

mod workloads;

use std::alloc::System;
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use cap::Cap;
use feats::model::{Condition, Declaration, Operator, Rollout, Value, ValueKind};
use feats::store::{Memory, Sqlite, Store};
use feats::{App, Attributes, Dynamic, FeatureHandle, attributes};
use workloads::{ByCountry, Canary, Listed, OtherwiseOnly, Stateless, User, canadian, stranger};

const LARGE_FEATURES: usize = 10_000;

/// Counts allocations on all threads.
#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        heap_and_lookup().await;
        start_from_sqlite().await;
        workloads::start().await.expect("started");
    });
    threads();
}

fn declaration(at: usize) -> Declaration {
    Declaration::new(&format!("Feature{at:05}"), ["acme", "premium", "aperture"])
        .segment("Country", ValueKind::Text)
        .segment("UserId", ValueKind::Integer)
}

fn describe(store: impl Store, many: usize) -> feats::AppBuilder {
    let builder = App::builder().store(store).detached();
    (0..many).fold(builder, |builder, at| builder.declare(declaration(at)))
}

/// Shuts down an app and waits until its background thread has released its memory.
async fn end(app: App) {
    app.shutdown().await.expect("stopped");
    drop(app);
    tokio::time::sleep(Duration::from_millis(300)).await;
}

/// Publishes three rules: an equality, a list, and a rollout.
async fn publish_three_rules(feature: &FeatureHandle<Dynamic>) {
    let country = |test| Condition::segment("Country", test);
    feature
        .edit()
        .rule("Canada", country(Operator::Eq(Value::from("CA"))), "premium")
        .rule("Alps", country(Operator::In(["AT", "CH", "LI"].map(Value::from).to_vec())), "aperture")
        .rule(
            "canary",
            country(Operator::Eq(Value::from("US"))),
            Rollout::new("UserId", [("aperture", 5.0), ("acme", 95.0)]),
        )
        .author("ada")
        .publish()
        .await
        .expect("published");
}

async fn fill(app: &App, many: usize) {
    for at in 0..many {
        publish_three_rules(&app.feature_named(&format!("Feature{at:05}")).expect("declared")).await;
    }
}

async fn heap_and_lookup() {
    let store = Memory::new();
    let app = describe(store.clone(), LARGE_FEATURES).start().await.expect("started");
    fill(&app, LARGE_FEATURES).await;
    end(app).await;
    let before = HEAP.allocated();
    let app = describe(store, LARGE_FEATURES).start().await.expect("started");
    let heap = HEAP.allocated() - before;
    report("heap of 10 000 features of three rules", &format!("{:.1} MiB", heap as f64 / 1_048_576.0), "aim 10 MiB");

    let handles: Vec<_> =
        (0..LARGE_FEATURES).map(|at| app.feature_named(&format!("Feature{at:05}")).expect("declared")).collect();
    let user = attributes! { "Country" => "US", "UserId" => 42 };
    let first = app.feature_named("Feature00000").expect("declared");
    let one = nanoseconds(|_| decide(&first, &user));
    let random = nanoseconds(|round| decide(&handles[round.wrapping_mul(2_654_435_761) % LARGE_FEATURES], &user));
    let ratio = random / one;
    report(
        "one of 10 000 features, at random",
        &format!("{random:.0} ns"),
        &format!("{ratio:.2} × the same one ({one:.0} ns), aim 3"),
    );
}

fn decide(feature: &FeatureHandle<Dynamic>, user: &Attributes<'_>) {
    black_box(feature.find_implementation(user));
}

async fn start_from_sqlite() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("feats.db");
    let app = describe(Sqlite::open(&file).expect("a path"), LARGE_FEATURES).start().await.expect("started");
    fill(&app, LARGE_FEATURES).await;
    end(app).await;
    let times: Vec<Duration> = {
        let mut times = Vec::new();
        for _ in 0..5 {
            let builder = describe(Sqlite::open(&file).expect("a path"), LARGE_FEATURES);
            let begun = Instant::now();
            let app = builder.start().await.expect("started");
            times.push(begun.elapsed());
            assert!(app.status().is_live());
        }
        times.sort();
        times
    };
    report(
        "start with 10 000 features in SQLite",
        &format!("{:.0} ms", times[2].as_secs_f64() * 1e3),
        "median of 5, aim 300 ms",
    );
}

fn threads() {
    let (user, stranger) = (canadian(), stranger());
    type Decide = fn(&User) -> u64;
    let cases: [(&str, Decide, &User); 6] = [
        ("no state", |user| Stateless::create(user), &user),
        ("otherwise only", |user| OtherwiseOnly::create(user), &user),
        ("one equality rule", |user| ByCountry::create(user), &user),
        ("country and 5 % rollout", |user| Canary::create(user), &user),
        ("10 000 ids, hit", |user| Listed::create(user), &user),
        ("10 000 ids, miss", |user| Listed::create(user), &stranger),
    ];
    for (name, decide, user) in cases {
        let rate = |threads: usize| {
            let best = (0..5).map(|_| rate(threads, decide, user)).fold(0.0, f64::max);
            best / 1e6
        };
        let (one, two) = (rate(1), rate(2));
        let name = format!("two threads, {name}");
        report(&name, &format!("{:.2} × one", two / one), &format!("{one:.0} and {two:.0} million a second, aim 1.9"));
    }
}

/// Returns the decisions per second of all threads together.
fn rate(threads: usize, decide: fn(&User) -> u64, user: &User) -> f64 {
    const ROUNDS: u32 = 3_000_000;
    let barrier = Barrier::new(threads);
    let slowest = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    black_box(decide(user));
                    barrier.wait();
                    let begun = Instant::now();
                    for _ in 0..ROUNDS {
                        black_box(decide(black_box(user)));
                    }
                    begun.elapsed()
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().expect("no panic")).max().unwrap_or_default()
    });
    f64::from(ROUNDS) * threads as f64 / slowest.as_secs_f64()
}

/// Returns the minimum of several runs, which other work of the machine disturbs least.
fn nanoseconds(run: impl Fn(usize)) -> f64 {
    const ROUNDS: usize = 50_000;
    let least = (0..20).map(|_| {
        let begun = Instant::now();
        (0..ROUNDS).for_each(&run);
        begun.elapsed()
    });
    least.min().unwrap_or_default().as_secs_f64() * 1e9 / ROUNDS as f64
}

fn report(what: &str, value: &str, beside: &str) {
    println!("{what:45} {value:>16}   {beside}");
}
