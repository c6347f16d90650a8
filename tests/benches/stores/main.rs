//! All stores in one table: the time from a publish until another program decides by it, publishes per second, the start of a large
//! program, and the requests of an idle one. Run with `cargo xtask bench --bench stores`, and for some of them with the starts of their
//! names: `cargo xtask bench --bench stores -- redis consul`.
//!
//! Servers run on this machine and flush to disk, as their pages advise; moto, in place of S3, keeps everything in memory. A store
//! whose server is not installed is left out.

#![expect(clippy::print_stdout, reason = "the results are printed")]

mod contender;
mod idle;
mod large;
mod measure;
mod table;

use std::time::Instant;

use contender::Contender;
use table::Row;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let begun = Instant::now();
    let starts: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).map(|word| word.to_lowercase()).collect();
    let selects = |name: &str| starts.is_empty() || starts.iter().any(|start| name.to_lowercase().starts_with(start));
    let contenders = contender::all(selects);
    let rows = runtime.block_on(rows(&contenders));
    println!("\n{}", table::table(&rows));
    let seconds = begun.elapsed().as_secs();
    println!("measured in {seconds} s on {} cores", std::thread::available_parallelism().map_or(1, usize::from));
}

async fn rows(contenders: &[Contender]) -> Vec<Row> {
    println!("publishing {} features", large::FEATURES);
    let entries = large::entries().await;
    let mut rows = Vec::new();
    for contender in contenders {
        let name = contender.name;
        println!("{name}: publish to visible");
        let visible = measure::visible(contender).await;
        println!("{name}: {} writers", measure::WRITERS);
        let publishes = measure::throughput(contender).await;
        println!("{name}: filling {} features", entries.len());
        large::fill(contender, &entries).await;
        println!("{name}: start with {} features", entries.len());
        let start = large::start(contender).await;
        rows.push(Row { name, visible, publishes, start, idle: None });
    }
    println!("idle programs, {:?}", idle::TIME);
    for (row, idle) in rows.iter_mut().zip(idle::requests(contenders).await) {
        row.idle = idle;
    }
    rows
}
