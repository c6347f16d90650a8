//! The cost of counting a use: `create`, which counts, compared with `find_implementation`, which does not, for one thread and for
//! two. Run with `cargo xtask bench`.

#![expect(clippy::print_stdout, reason = "the results are printed")]

mod workloads;

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use workloads::{ByCountry, Canary, Listed, OtherwiseOnly, Stateless, User, canadian, stranger};

const ROUNDS: u32 = 2_000_000;
/// The number of alternating measurements, so that other work of the machine affects all workloads.
const TURNS: usize = 15;

type Decide = fn(&User) -> u64;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let app = runtime.block_on(workloads::start()).expect("started");
    let (user, stranger) = (canadian(), stranger());
    let cases: [(&str, Decide, Decide, &User); 5] = [
        (
            "no state",
            |user| Stateless::create(user),
            |user| found(Stateless::find_implementation(user) as u64, user),
            &user,
        ),
        (
            "otherwise only",
            |user| OtherwiseOnly::create(user),
            |user| found(OtherwiseOnly::find_implementation(user) as u64, user),
            &user,
        ),
        (
            "one equality rule",
            |user| ByCountry::create(user),
            |user| found(ByCountry::find_implementation(user) as u64, user),
            &user,
        ),
        (
            "country and 5 % rollout",
            |user| Canary::create(user),
            |user| found(Canary::find_implementation(user) as u64, user),
            &user,
        ),
        (
            "10 000 ids, miss",
            |user| Listed::create(user),
            |user| found(Listed::find_implementation(user) as u64, user),
            &stranger,
        ),
    ];
    for (name, create, find, user) in cases {
        let [mut created, mut found, mut both_create, mut both_find] = [f64::MAX; 4];
        for _ in 0..TURNS {
            created = created.min(nanoseconds(1, create, user));
            found = found.min(nanoseconds(1, find, user));
            both_create = both_create.min(nanoseconds(2, create, user));
            both_find = both_find.min(nanoseconds(2, find, user));
        }
        let beside = format!("{created:.2} and {found:.2} ns, aim 2");
        report(&format!("counting a use, {name}"), &format!("{:.2} ns", created - found), &beside);
        // On a busy machine, even `find_implementation` does not scale to two threads.
        let beside = format!("aim 1.9; looking {:.2}", 2.0 * found / both_find);
        report(&format!("two threads, {name}"), &format!("{:.2} × one", 2.0 * created / both_create), &beside);
    }
    runtime.block_on(app.flush()).expect("stored");
    let hour = runtime.block_on(app.last_hour()).expect("read");
    let total: u64 = hour.iter().map(|(_, series)| series.total()).sum();
    report("uses counted", &format!("{total}"), "");
}

/// Does the work of `create` after the choice.
fn found(choice: u64, user: &User) -> u64 {
    user.id + 1 + choice
}

/// Returns the time of a decision on each thread.
fn nanoseconds(threads: usize, decide: Decide, user: &User) -> f64 {
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
    slowest.as_secs_f64() * 1e9 / f64::from(ROUNDS)
}

fn report(what: &str, value: &str, beside: &str) {
    println!("{what:45} {value:>16}   {beside}");
}
