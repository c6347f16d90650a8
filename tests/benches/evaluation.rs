//! The cost of one decision, compared with a direct call of the default implementation. Run with `cargo xtask bench`.

mod workloads;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use workloads::{ByCountry, Canary, Listed, OtherwiseOnly, Stateless, User, canadian, default, start, stranger};

fn main() {
    let mut criterion = Criterion::default()
        .configure_from_args()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    let user = canadian();

    let mut group = criterion.benchmark_group("before start");
    group.bench_function("the default, called directly", |b| b.iter(|| default(black_box(&user))));
    group.bench_function("no state", |b| b.iter(|| Stateless::create(black_box(&user))));
    group.finish();

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let app = runtime.block_on(start()).expect("started");

    let mut group = criterion.benchmark_group("after start");
    workloads(&mut group, &user);
    group.finish();

    app.scope().enter(|| {
        let mut group = criterion.benchmark_group("in a scope");
        workloads(&mut group, &user);
        group.finish();
    });
    criterion.final_summary();
}

fn workloads(group: &mut BenchmarkGroup<'_, WallTime>, user: &User) {
    let stranger = stranger();
    group.bench_function("the default, called directly", |b| b.iter(|| default(black_box(user))));
    group.bench_function("no state", |b| b.iter(|| Stateless::create(black_box(user))));
    group.bench_function("otherwise only", |b| b.iter(|| OtherwiseOnly::create(black_box(user))));
    group.bench_function("one equality rule", |b| b.iter(|| ByCountry::create(black_box(user))));
    group.bench_function("country and 5 % rollout", |b| b.iter(|| Canary::create(black_box(user))));
    group.bench_function("10 000 ids, hit", |b| b.iter(|| Listed::create(black_box(user))));
    group.bench_function("10 000 ids, miss", |b| b.iter(|| Listed::create(black_box(&stranger))));
}
