//! Measures the time of a decision. `cargo xtask bench --by-name` runs it.
//!
//! `peers [<text>]` measures the workloads whose titles contain the text. Each line of its output has three fields that are separated
//! by tabs: the workload, the engine and the nanoseconds of a decision.

use feats::App;
use feats_peers::engines;
use feats_peers::measure::measure;
use feats_peers::workload::Workload;

fn main() -> feats::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let engines = runtime.block_on(async { engines::all(&App::builder().start().await?).await })?;
    let wanted = std::env::args().nth(1).unwrap_or_default();
    for workload in Workload::ALL.into_iter().filter(|workload| workload.title().contains(&wanted)) {
        let supporting = engines.iter().filter_map(|engine| Some((engine.name, engine.workload(workload)?)));
        let (names, repeats): (Vec<_>, Vec<_>) = supporting.unzip();
        let measured = measure(&repeats);
        let shares: Vec<f64> = measured.iter().map(|measured| measured.share).collect();
        let same = shares.iter().all(|share| (share - shares[0]).abs() < 0.05);
        assert!(same, "{}: the engines decide differently: {shares:?}", workload.title());
        for (name, measured) in names.iter().zip(measured) {
            println!("{}\t{name}\t{:.1}", workload.title(), measured.nanoseconds);
        }
    }
    Ok(())
}
