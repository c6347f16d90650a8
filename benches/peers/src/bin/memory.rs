//! Counts the allocations of a decision, and the live heap of 10 000 flags with three rules each. `cargo xtask bench --by-name` runs
//! it. It is a program of its own, because counting slows allocations.
//!
//! Each line of the output has three fields that are separated by tabs: the workload, the engine and the number.

use std::alloc::System;

use feats::App;
use feats::store::Sqlite;
use feats_peers::engines::{self, by_name, hand_written, yggdrasil};
use feats_peers::workload::{FLAGS, HEAP_TITLE, Workload, flag_name};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

/// Counts allocations on all threads.
#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The number of decisions of which the allocations are counted.
const DECISIONS: usize = 1_000;

/// The number of repetitions, of which the least count is that of the decisions alone.
const REPETITIONS: usize = 5;

fn main() -> feats::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    heap("hand-written", hand_written::many_with_rules);
    heap("Unleash Yggdrasil", yggdrasil::many_with_rules);
    runtime.block_on(heap_of_feats())?;
    let engines = runtime.block_on(async { engines::all(&App::builder().start().await?).await })?;
    for workload in Workload::ALL {
        for (engine, repeat) in engines.iter().filter_map(|engine| Some((engine.name, engine.workload(workload)?))) {
            repeat(DECISIONS);
            let counts = (0..REPETITIONS).map(|_| allocations(|| repeat(DECISIONS)));
            let each = counts.min().unwrap_or_default() / DECISIONS;
            println!("{}\t{engine}\t{each}", workload.title());
        }
    }
    Ok(())
}

fn allocations(run: impl FnOnce() -> usize) -> usize {
    let region = Region::new(HEAP);
    run();
    let change = region.change();
    change.allocations + change.reallocations
}

/// Prints the heap that flags take.
fn heap<T>(engine: &str, create: impl FnOnce() -> T) {
    let region = Region::new(HEAP);
    let flags = create();
    print_heap(engine, &region);
    drop(flags);
}

fn print_heap(engine: &str, region: &Region<'_, System>) {
    let change = region.change();
    let bytes = change.bytes_allocated as isize - change.bytes_deallocated as isize;
    println!("{HEAP_TITLE}\t{engine}\t{:.1}", bytes as f64 / 1_048_576.0);
}

/// Writes the flags to a file with one app, and prints the heap of another one that has loaded them.
async fn heap_of_feats() -> feats::Result<()> {
    let directory = tempfile::tempdir().expect("a directory");
    let store = || Sqlite::open(directory.path().join("flags.db"));
    let app = App::builder().store(store()?).detached().start().await?;
    for index in 0..FLAGS {
        by_name::three_rules(&app.flags(), &flag_name(index)).await?;
    }
    app.shutdown().await?;
    drop(app);
    let region = Region::new(HEAP);
    let app = App::builder().store(store()?).detached().start().await?;
    assert_eq!(app.flags().list().names().len(), FLAGS);
    print_heap("feats, by name", &region);
    Ok(())
}
