//! `create` and `find_implementation` allocate nothing, whatever the state: counted, not timed.

#[path = "benches/workloads.rs"]
mod workloads;

use allocation_counter::measure;
use workloads::{canadian, choose_by_all, start, stranger};

fn assert_free(what: &str, run: impl Fn() -> u64) {
    let warm = run();
    let counted = measure(|| assert_eq!(run(), warm));
    assert_eq!(counted.count_total, 0, "{what} allocates");
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

    let counted = measure(|| drop(std::hint::black_box(Box::new(7))));
    assert_eq!(counted.count_total, 1, "the counter counts");
}
