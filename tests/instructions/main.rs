//! Repeats decisions: `cargo xtask bench --instructions` runs this program under callgrind and counts instructions.
//!
//! `feats-instructions <repetitions>` prints the name of each workload, then runs its loop twice: first to warm up, then counted.

#![expect(clippy::print_stdout, reason = "the names of the workloads are printed")]

#[path = "../benches/flags.rs"]
mod flags;
#[path = "../benches/workloads.rs"]
mod workloads;

use std::hint::black_box;

use feats::flags::{Context, Flag, Flags};
use feats::{App, Attributes, attributes, testing};
use workloads::{
    ByCountry, Canary, Halves, Listed, OtherwiseOnly, Overridden, Patterned, Pinned, Ramped, Stateless, TenRules, User,
    canadian, default, start, stranger,
};

/// The subjects of the workloads.
struct Setting {
    app: App,
    /// A user whom every rule matches.
    user: User,
    /// A user whom no rule matches.
    stranger: User,
    attributes: Attributes<'static>,
    flags: FlagSetting,
}

/// The flags, and the attributes for which they decide.
struct FlagSetting {
    flags: Flags,
    enabled: Flag,
    /// The attributes of a user whom every rule matches.
    user: Attributes<'static>,
    /// The attributes of a user whom no rule matches.
    stranger: Attributes<'static>,
    context: Context<'static>,
    none: Attributes<'static>,
}

/// Runs a workload the given number of times.
type Workload = fn(&Setting, u32);

/// The number of repetitions that are not counted, in which caches are filled.
const WARM_UP: u32 = 100;

/// The workloads, with their names in the committed table. The first one is the empty loop, which is subtracted from the others.
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
    ("flag", |to, times| flag(to, times, flags::ENABLED, &to.flags.none)),
    ("flag, by handle", |to, times| counted_loop(times, || to.flags.enabled.is_enabled(black_box(&to.flags.none)))),
    ("flag, missing", |to, times| flag(to, times, flags::MISSING, &to.flags.none)),
    ("flag, one equality", |to, times| flag(to, times, flags::EQUALITY, &to.flags.user)),
    ("flag, one equality, no match", |to, times| flag(to, times, flags::EQUALITY, &to.flags.stranger)),
    ("flag, rule and rollout", |to, times| flag(to, times, flags::CANARY, &to.flags.user)),
    ("flag, 10 000 ids", |to, times| flag(to, times, flags::LISTED, &to.flags.user)),
    ("flag, 10 000 ids, no match", |to, times| flag(to, times, flags::LISTED, &to.flags.stranger)),
    ("flag, two attributes as a unit", |to, times| flag(to, times, flags::PAIRS, &to.flags.user)),
    ("flag, in a context", |to, times| {
        counted_loop(times, || to.flags.context.is_enabled(black_box(flags::EQUALITY), black_box(&to.flags.none)));
    }),
    ("flag, in a scope", |to, times| to.app.scope().enter(|| flag(to, times, flags::EQUALITY, &to.flags.user))),
    ("four attributes", |to, times| counted_loop(times, || flags::attributes_of(black_box(&to.user)))),
    ("all features at once", |to, times| counted_loop(times, || to.app.evaluate_all(black_box(&to.attributes)))),
];

fn main() {
    let times = std::env::args().nth(1).and_then(|times| times.parse().ok()).expect("a number of repetitions");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let app = runtime.block_on(start()).expect("started");
    let setting = Setting {
        user: at_page_start(canadian()),
        stranger: at_page_start(stranger()),
        attributes: attributes! { "Country" => "CA", "UserId" => 42 },
        flags: runtime.block_on(flag_setting(app.flags())).expect("created"),
        app,
    };
    for (name, run) in WORKLOADS {
        println!("{name}");
        run(&setting, WARM_UP);
        run(&setting, times);
    }
}

async fn flag_setting(flags: Flags) -> feats::Result<FlagSetting> {
    flags::create(&flags).await?;
    let attributes = |user: &User| flags::attributes_of(user).into_owned();
    let (user, stranger) = (attributes(&canadian()), attributes(&stranger()));
    let (enabled, context) = (flags.get(flags::ENABLED), flags.context(user.clone()));
    Ok(FlagSetting { flags, enabled, user, stranger, context, none: attributes! {} })
}

/// Counts a decision by name.
fn flag(to: &Setting, times: u32, name: &str, attributes: &Attributes<'_>) {
    counted_loop(times, || to.flags.flags.is_enabled(black_box(name), black_box(attributes)));
}

/// Moves the texts of a user to separate pages. A comparison of texts takes more instructions near the end of a page, and the
/// layout of the heap differs from run to run.
fn at_page_start(user: User) -> User {
    let mut country = String::with_capacity(64 << 20);
    country.push_str(&user.country);
    User { country, ..user }
}

/// Runs the loop that callgrind counts, which it finds by the name of this function. It is never inlined, so that workloads are
/// not optimized together with their surroundings.
#[inline(never)]
fn counted_loop<T>(times: u32, run: impl Fn() -> T) {
    for _ in 0..times {
        black_box(run());
    }
}
