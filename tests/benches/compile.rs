//! The delay of a pin of one feature by the rules of another one, whose patterns take long to compile. Run with
//! `cargo xtask bench`.

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::time::{Duration, Instant};

use feats::model::{Condition, Declaration, Operator, ValueKind};
use feats::store::{Memory, Store};
use feats::{App, Dynamic, FeatureHandle, attributes};

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        println!("a pin of one feature right after rules of another one, as seen by another program and by its author");
        for rules in [0, 10, 100, 300, 1_000] {
            pin_after(rules).await;
        }
    });
}

async fn start(store: &Memory) -> App {
    let declare = |name| Declaration::new(name, ["acme", "premium"]).segment("Country", ValueKind::Text);
    let builder = App::builder().store(store.clone()).detached();
    builder.declare(declare("Fee")).declare(declare("Search")).start().await.expect("started")
}

fn feature(app: &App, name: &str) -> FeatureHandle<Dynamic> {
    app.feature_named(name).expect("declared")
}

async fn pin_after(rules: usize) {
    let store = Memory::new();
    let (author, operator, program) = (start(&store).await, start(&store).await, start(&store).await);
    let matches = |at| Condition::segment("Country", Operator::Matches(format!(r"^\w{{1,3}}x{at}$")));
    let edit = feature(&author, "Fee").edit().otherwise("premium");
    let edit = (0..rules).fold(edit, |edit, at| edit.rule(format!("rule {at}"), matches(at), "premium"));
    let publishing = tokio::spawn(edit.publish());
    while !publishing.is_finished() && store.versions().await.expect("read").is_empty() {
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    if store.versions().await.expect("read").is_empty() {
        let refused = publishing.await.expect("no panic").expect_err("nothing was written").to_string();
        return println!("  {rules:5} patterns: refused: {}", refused.lines().next().unwrap_or_default());
    }
    let begun = Instant::now();
    let pinning = tokio::spawn(async move {
        feature(&operator, "Search").pin("premium").publish().await.expect("pinned");
        (begun.elapsed(), operator)
    });
    let search = feature(&program, "Search");
    while search.find_implementation(&attributes! {}) != "premium" {
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    let seen = begun.elapsed();
    let (acknowledged, operator) = pinning.await.expect("no panic");
    publishing.await.expect("no panic").expect("published");
    let fee = feature(&program, "Fee");
    fee.wait_for(1, Duration::from_secs(300)).await.expect("arrived");
    let rest = begun.elapsed();
    println!(
        "  {rules:5} patterns: seen after {seen:>9.2?}, acknowledged after {acknowledged:>9.2?}, rules applied after {rest:>9.2?}"
    );
    for app in [author, operator, program] {
        app.shutdown().await.expect("stopped");
    }
}
