//! Allocations, counted rather than timed: `create` and `find_implementation` allocate nothing for any state, and compiling a
//! state stays within a limit.

#[path = "benches/costly.rs"]
mod costly;
#[path = "benches/flags.rs"]
mod flags;
#[path = "benches/workloads.rs"]
mod workloads;

use allocation_counter::measure;
use feats::{Attributes, Feature, attributes};
use workloads::{
    ByCountry, Canary, Country, Halves, Listed, OtherwiseOnly, Stateless, User, UserId, canadian, start, stranger,
};

/// Chooses once with every workload. The sum keeps the calls from being optimized away.
fn choose_by_all(user: &User) -> u64 {
    fn position<F: Feature>(choice: F) -> u64 {
        F::ALL.iter().position(|known| *known == choice).map_or(0, |position| position as u64)
    }
    position(Stateless::find_implementation(user))
        + position(OtherwiseOnly::find_implementation(user))
        + position(ByCountry::find_implementation(user))
        + position(Canary::find_implementation(user))
        + position(Listed::find_implementation(user))
        + position(Halves::find_implementation(user))
        + Stateless::create(user)
        + OtherwiseOnly::create(user)
        + ByCountry::create(user)
        + Canary::create(user)
        + Listed::create(user)
        + Halves::create(user)
}

/// Returns the number of counted uses of the feature that never has a state.
fn counted_uses(app: &feats::App) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let hour = runtime.block_on(async {
        app.flush().await.expect("stored");
        app.last_hour().await.expect("read")
    });
    hour.feature("Stateless").map_or(0, feats::usage::Series::total)
}

fn assert_free(what: &str, run: impl Fn() -> u64) {
    let warm = run();
    let counted = measure(|| assert_eq!(run(), warm));
    assert_eq!(counted.count_total, 0, "{what} allocates");
}

#[test]
fn no_state_takes_more_than_32_mib_to_compile() {
    const MAX_BYTES: u64 = 32 << 20;
    let declaration = costly::declaration();
    for (name, state) in costly::states() {
        let mut compiled = None;
        let counted = measure(|| compiled = Some(costly::compiled(&state, &declaration)));
        assert!(counted.bytes_max <= MAX_BYTES, "{name} takes {} bytes", counted.bytes_max);
        assert!(counted.bytes_current <= (MAX_BYTES / 2).cast_signed(), "{name} keeps {} bytes", counted.bytes_current);
    }
}

/// Returns sixteen attributes that borrow the texts of a request, as in a handler.
fn attributes_of<'a>(country: &'a str, texts: &'a [String; 7]) -> Attributes<'a> {
    let [a, b, c, d, e, f, g] = texts;
    attributes! {
        "UserId" => 42, "Country" => country, "Age" => 36_u8, "Score" => 0.5, "IsAdmin" => true, "IsTester" => false,
        "Negative" => -1, "Big" => u64::MAX, "Plan" => "pro",
        "a" => a, "b" => b, "c" => c, "d" => d, "e" => e, "f" => f, "g" => g,
    }
}

#[test]
fn sixteen_attributes_of_a_request_and_decisions_by_them_allocate_nothing() {
    let (country, texts) = (String::from("CA"), std::array::from_fn(|index| format!("value {index}")));
    let built = measure(|| assert_eq!(attributes_of(&country, &texts).len(), feats::model::INLINE_ATTRIBUTES));
    assert_eq!(built.count_total, 0, "building attributes allocates");

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let app = runtime.block_on(feats::App::builder().detached().start()).expect("started");
    let canary = app.feature::<Canary>();
    let percent = [(Canary::Two, 5.0), (Canary::One, 95.0)];
    let edit = canary.edit().rule("Canada", Country::is("CA"), feats::edit::rollout(UserId, percent));
    runtime.block_on(edit.publish()).expect("published");
    let choose = || canary.find_implementation(&attributes_of(&country, &texts));
    let warm = choose();
    let chosen = measure(|| assert_eq!(choose(), warm));
    assert_eq!(chosen.count_total, 0, "choosing by attributes allocates");

    let one_more = measure(|| {
        let mut attributes = attributes_of(&country, &texts);
        attributes.insert("one more", 1);
        assert_eq!(attributes.len(), feats::model::INLINE_ATTRIBUTES + 1);
    });
    assert_eq!(one_more.count_total, 1, "the seventeenth attribute moves all of them to the heap, once");
}

/// Decides for each flag by name. The sum keeps the calls from being optimized away.
fn decide_for(app: &feats::App, user: &User) -> u8 {
    let flags = app.flags();
    let names = [flags::ENABLED, flags::EQUALITY, flags::CANARY, flags::LISTED, flags::PAIRS, flags::MISSING];
    names.iter().map(|name| u8::from(flags.is_enabled(name, &flags::attributes_of(user)))).sum()
}

/// Creates the flags, and many others. Decisions by name, by handle and in a context allocate nothing.
fn assert_flags_are_free(runtime: &tokio::runtime::Runtime, app: &feats::App) {
    const OTHERS: usize = 200;
    let flags = app.flags();
    runtime.block_on(flags::create(&flags)).expect("created");
    let others: Vec<String> = (0..OTHERS).map(|index| format!("flag-{index}")).collect();
    for name in &others {
        runtime.block_on(async { flags.create(name).enabled().await }).expect("created");
    }
    let users = [canadian(), stranger()];
    assert_free("a decision of a flag by name", || users.iter().map(|user| u64::from(decide_for(app, user))).sum());
    let none = attributes! {};
    assert_free("one of many flags", || others.iter().map(|name| u64::from(flags.is_enabled(name, &none))).sum());

    let handles = [flags::ENABLED, flags::EQUALITY, flags::CANARY, flags::LISTED].map(|name| flags.get(name));
    assert_free("a decision of a handle", || {
        let decide = |user: &User| {
            handles.iter().map(|flag| u64::from(flag.is_enabled(&flags::attributes_of(user)))).sum::<u64>()
        };
        users.iter().map(decide).sum()
    });
    let [user, _] = &users;
    let context = flags.context(flags::attributes_of(user));
    assert_free("a decision in a context", || {
        [flags::ENABLED, flags::EQUALITY, flags::CANARY, flags::LISTED, flags::PAIRS]
            .iter()
            .map(|name| u64::from(context.is_enabled(name, &attributes! { "plan" => "free" })))
            .sum()
    });
    assert_free("a context with a decision", || {
        u64::from(flags.context(flags::attributes_of(user)).is_enabled(flags::EQUALITY, &none))
    });
}

#[test]
fn decisions_of_flags_of_a_detached_app_allocate_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let app = runtime.block_on(feats::App::builder().detached().start()).expect("started");
    assert_flags_are_free(&runtime, &app);
}

#[test]
fn units_of_several_values_allocate_nothing_whatever_their_length() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let app = runtime.block_on(feats::App::builder().detached().start()).expect("started");
    let both = feats::model::Rollout::new(["Country", "UserId"], [("two", 50.0), ("one", 50.0)]);
    runtime.block_on(app.feature::<Canary>().edit().otherwise(both).publish()).expect("published");
    app.enter(|| {
        for length in [2, 200, 300, 100_000] {
            let user = User { id: 42, country: "C".repeat(length) };
            assert!(Canary::explain(&user).slot().is_some());
            let warm = Canary::find_implementation(&user);
            let counted = measure(|| assert_eq!(Canary::find_implementation(&user), warm));
            assert_eq!(counted.count_total, 0, "a country of {length} bytes");
        }
    });
}

#[test]
fn decisions_in_the_buckets_of_other_systems_allocate_nothing() {
    use feats::model::{BucketFunction, By, Rollout};

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let app = runtime.block_on(feats::App::builder().detached().start()).expect("started");
    let flags = app.flags();
    for (name, function, by) in [
        ("some", BucketFunction::Flipper, By::from(["user", "score", "tester", "name"])),
        ("all", BucketFunction::Flipper, By::from([""; 0])),
        ("actor", BucketFunction::Flypper, By::from("name")),
    ] {
        let mut rollout = Rollout::new(by, [("enabled", 50.0), ("disabled", 50.0)]);
        rollout.bucketing = Some(function.into());
        let flag = runtime.block_on(async { flags.create(name).enabled().await }).expect("created");
        let edit = flag.edit().expect("exists").otherwise(rollout);
        runtime.block_on(edit.publish()).expect("published");
    }
    for length in [2, 200, 300, 100_000] {
        let name = "\u{e9}\"😀\n".repeat(length);
        for score in [0.0, -1.5e-300, f64::MAX, 1.0 / 3.0, f64::NAN] {
            let subject = attributes! { "user" => u64::MAX, "score" => score, "tester" => true, "name" => &name };
            assert_free("a decision in buckets", || {
                ["some", "all", "actor"].iter().map(|flag| u64::from(flags.is_enabled(flag, &subject))).sum()
            });
        }
    }
}

#[test]
fn decisions_allocate_nothing() {
    let (canadian, stranger) = (canadian(), stranger());
    let both = || choose_by_all(&canadian) + choose_by_all(&stranger);
    assert_free("before an app is started, a decision", both);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let app = runtime.block_on(start()).expect("started");
    assert_free("a decision of the process-wide app", both);
    app.scope().enter(|| assert_free("a decision in a scope", both));
    app.enter(|| assert_free("a decision of an entered app", both));
    assert_flags_are_free(&runtime, &app);
    app.scope().enter(|| assert_free("a decision of a flag in a scope", || u64::from(decide_for(&app, &canadian))));

    // The first exposure allocated the queue. A new unit needs no heap on its thread.
    let exposed = measure(|| {
        for id in 0..1_000 {
            std::hint::black_box(Halves::create(&User { id, country: String::new() }));
        }
    });
    assert_eq!(exposed.count_total, 0, "an exposure allocates");
    assert!(app.status().exposures.recorded >= 1_000);

    let before = counted_uses(&app);
    let detached = runtime.block_on(feats::App::builder().detached().start()).expect("another app");
    detached.enter(|| assert_free("counting a use for another app", || Stateless::create(&canadian)));
    let counting = measure(|| {
        for _ in 0..1_000 {
            std::hint::black_box(Stateless::create(&canadian));
        }
    });
    assert_eq!(counting.count_total, 0, "counting a use allocates");
    assert_eq!((counted_uses(&app) - before, counted_uses(&detached)), (1_000, 2));

    let counted = measure(|| drop(std::hint::black_box(Box::new(7))));
    assert_eq!(counted.count_total, 1, "this test counts allocations");
}
