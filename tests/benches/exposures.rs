//! The cost of an exposure for its caller: `create` for units that are new to an experiment, compared with `find_implementation`,
//! which records nothing. Two threads together process 200 000 units per second, in bursts. Run with `cargo xtask bench`.

#![expect(clippy::print_stdout, reason = "the results are printed")]

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use feats::App;
use feats::edit::experiment;

/// The number of units of a thread in one burst.
const BURST: u64 = 100;
/// The time between two bursts of a thread.
const PERIOD: Duration = Duration::from_millis(1);
const THREADS: u64 = 2;
const BURSTS: u64 = 2_000;
const ROUNDS: u64 = 5;

/// The subject.
pub struct User {
    id: u64,
}

#[feats::segment]
pub trait UserId {
    fn user(user: &User) -> u64 {
        user.id
    }
}

/// A feature with an experiment of two equal arms.
#[feats::feature]
pub trait Layout {
    #[default]
    fn wide(user: &User) -> u64 {
        user.id + 1
    }
    fn narrow(user: &User) -> u64 {
        user.id + 2
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let app = runtime.block_on(async {
        let app = App::builder().start().await.expect("started");
        let halves = experiment(UserId, [(Layout::Wide, 50.0), (Layout::Narrow, 50.0)]);
        app.feature::<Layout>().edit().otherwise(halves).publish().await.expect("published");
        app
    });
    // The first exposure of an app allocates the queue.
    black_box(Layout::create(&User { id: u64::MAX }));
    let (mut found, mut created, mut slowest) = (Vec::new(), Vec::new(), 0.0_f64);
    for round in 0..ROUNDS {
        found.extend(offer(round, |user| Layout::find_implementation(user) as u64));
        let bursts = offer(round, Layout::create);
        slowest = slowest.max(bursts.iter().copied().fold(0.0, f64::max));
        created.extend(bursts);
    }
    runtime.block_on(app.flush()).expect("stored");
    let tally = app.status().exposures;
    let (found, created) = (median(found), median(created));
    let beside = format!("of {created:.0} ns, aim 50; slowest burst {slowest:.0} ns each");
    report("one exposure of 200 000 a second", &format!("{:.0} ns", created - found), &beside);
    let offered = ROUNDS * THREADS * BURSTS * BURST;
    report("exposures stored", &format!("{}", tally.stored), &format!("of {offered}, {} dropped", tally.dropped));
}

/// Processes units that no other round has processed, and returns the time per unit of each burst, in nanoseconds.
fn offer(round: u64, decide: impl Fn(&User) -> u64 + Copy + Send) -> Vec<f64> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    let begun = Instant::now();
                    let bursts = (0..BURSTS).zip(1..).map(|(burst, next)| {
                        let first = ((round * THREADS + thread) * BURSTS + burst) * BURST;
                        let burst = Instant::now();
                        for id in first..first + BURST {
                            black_box(decide(black_box(&User { id })));
                        }
                        let took = burst.elapsed();
                        thread::sleep((PERIOD * next).saturating_sub(begun.elapsed()));
                        took.as_secs_f64() * 1e9 / BURST as f64
                    });
                    bursts.collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn report(what: &str, value: &str, beside: &str) {
    println!("{what:45} {value:>16}   {beside}");
}
