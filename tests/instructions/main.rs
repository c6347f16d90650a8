//! Repeats workloads of decisions: `cargo xtask bench --instructions` runs this under callgrind and counts.
//!
//! `feats-instructions <repetitions>` prints the name of each workload, then runs its loop twice: to warm up, and to be counted.

#![expect(clippy::print_stdout, reason = "the names of the workloads are printed")]

#[path = "../benches/workloads.rs"]
mod workloads;

use std::hint::black_box;

use feats::{App, Attributes, attributes, testing};
use workloads::{
    ByCountry, Canary, Halves, Listed, OtherwiseOnly, Overridden, Patterned, Pinned, Ramped, Stateless, TenRules, User,
    canadian, default, start, stranger,
};

/// What the workloads decide on.
struct Setting {
    app: App,
    /// Every rule matches this user.
    user: User,
    /// No rule matches this one.
    stranger: User,
    attributes: Attributes<'static>,
}

/// Runs one workload so many times.
type Workload = fn(&Setting, u32);

/// Repetitions before those that are counted: first uses make room, and ask for what later ones remember.
const WARM_UP: u32 = 100;

/// The names are those of the committed table. The first one is the loop around all others, which is subtracted from them.
#[rustfmt::skip]
const WORKLOADS: &[(&str, Workload)] = &[
    ("empty", |to, times| counted_loop(times, || black_box(&to.user))),
    ("default, called directly", |to, times| counted_loop(times, || default(black_box(&to.user)))),
    ("no state", |to, times| counted_loop(times, || Stateless::create(black_box(&to.user)))),
    ("otherwise", |to, times| counted_loop(times, || OtherwiseOnly::create(black_box(&to.user)))),
    ("one rule", |to, times| counted_loop(times, || ByCountry::create(black_box(&to.user)))),
    ("one rule, no match", |to, times| counted_loop(times, || ByCountry::create(black_box(&to.stranger)))),
    ("rule and rollout", |to, times| counted_loop(times, || Canary::create(black_box(&to.user)))),
    ("rule and ramp", |to, times| counted_loop(times, || Ramped::create(black_box(&to.user)))),
    ("10 000 ids", |to, times| counted_loop(times, || Listed::create(black_box(&to.user)))),
    ("10 000 ids, no match", |to, times| counted_loop(times, || Listed::create(black_box(&to.stranger)))),
    ("override", |to, times| counted_loop(times, || Overridden::create(black_box(&to.user)))),
    ("pattern", |to, times| counted_loop(times, || Patterned::create(black_box(&to.user)))),
    ("pattern, no match", |to, times| counted_loop(times, || Patterned::create(black_box(&to.stranger)))),
    ("ten rules, the last matches", |to, times| counted_loop(times, || TenRules::create(black_box(&to.user)))),
    ("experiment", |to, times| counted_loop(times, || Halves::create(black_box(&to.user)))),
    ("pinned", |to, times| counted_loop(times, || Pinned::create(black_box(&to.user)))),
    ("find_implementation", |to, times| counted_loop(times, || Canary::find_implementation(black_box(&to.user)))),
    ("find_implementation, experiment", |to, times| counted_loop(times, || Halves::find_implementation(black_box(&to.user)))),
    ("explain", |to, times| counted_loop(times, || Canary::explain(black_box(&to.user)))),
    ("app.enter", |to, times| to.app.enter(|| counted_loop(times, || Canary::create(black_box(&to.user))))),
    ("app.scope", |to, times| to.app.scope().enter(|| counted_loop(times, || Canary::create(black_box(&to.user))))),
    ("making a scope", |to, times| counted_loop(times, || to.app.scope().enter(|| Canary::create(black_box(&to.user))))),
    ("testing::with", |to, times| {
        testing::with(Canary::Two, || counted_loop(times, || Canary::create(black_box(&to.user))));
    }),
    ("testing::with, another feature", |to, times| {
        testing::with(Stateless::Two, || counted_loop(times, || Canary::create(black_box(&to.user))));
    }),
    ("by name", |to, times| {
        counted_loop(times, || to.app.feature_named("Canary").map(|feature| feature.explain(black_box(&to.attributes))));
    }),
    ("all features at once", |to, times| counted_loop(times, || to.app.evaluate_all(black_box(&to.attributes)))),
];

fn main() {
    let times = std::env::args().nth(1).and_then(|times| times.parse().ok()).expect("a number of repetitions");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let setting = Setting {
        app: runtime.block_on(start()).expect("started"),
        user: at_page_start(canadian()),
        stranger: at_page_start(stranger()),
        attributes: attributes! { "Country" => "CA", "UserId" => 42 },
    };
    for (name, run) in WORKLOADS {
        println!("{name}");
        run(&setting, WARM_UP);
        run(&setting, times);
    }
}

/// Comparing texts takes more instructions if the end of a page is near, and elsewhere the heap is not laid out the same in every
/// run. A long allocation has pages of its own.
fn at_page_start(user: User) -> User {
    let mut country = String::with_capacity(64 << 20);
    country.push_str(&user.country);
    User { country, ..user }
}

/// Callgrind counts while this function runs: it is told so by its name. It is never inlined, so that no workload is optimised
/// together with what surrounds it.
#[inline(never)]
fn counted_loop<T>(times: u32, run: impl Fn() -> T) {
    for _ in 0..times {
        black_box(run());
    }
}
