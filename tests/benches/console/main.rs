//! The cost of the console for a server and a network: every page, with 1 000 features of 30 rules. Run with
//! `cargo xtask bench`.
//!
//! Pages are requested as by browsers, compressed. The table shows the median time until the last byte.

#![expect(clippy::print_stdout, reason = "the results are printed")]

mod site;
mod visitor;

use std::time::Duration;

use feats::App;
use feats::store::{Memory, Sqlite};
use site::{FEATURES, REVISIONS, RULES, Site, name};
use visitor::{Ask, Visitor};

/// The number of requests of each page.
const ROUNDS: usize = 15;

/// The time between the start of a console and the first request.
const WARM_UP: Duration = Duration::from_secs(3);

/// The target for the size of the first view, in KiB.
const FIRST_VIEW_KIB: f64 = 150.0;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("feats.db");
        let memory = Memory::new();
        // As with other benches, an argument selects the pages whose names contain it.
        let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
        measure("memory", &Site::over(|| memory.clone()).await, &wanted).await;
        measure("SQLite", &Site::over(|| Sqlite::open(&file).expect("a path")).await, &wanted).await;
    });
}

async fn measure(store: &str, site: &Site, wanted: &str) {
    println!("{FEATURES} features of {RULES} rules and {REVISIONS} revisions, in {store}; aim 50 ms a page");
    println!("{:45} | {:>7} | {:>7} | {:>8}", "page", "ms", "KiB", "KiB gzip");
    let first = Ask::page("features");
    let hasty = Visitor::new(&site.apps[1]);
    let took = hasty.ask(&first, true).await.took;
    line("features, as soon as a program runs", vec![took], &hasty, &first).await;
    let visitor = Visitor::new(&site.apps[0]);
    tokio::time::sleep(WARM_UP).await;
    let took = visitor.ask(&first, true).await.took;
    line("features, the first view", vec![took], &visitor, &first).await;
    for (page, ask) in pages(&site.apps[0]).into_iter().filter(|(page, _)| page.contains(wanted)) {
        let rounds = if page.starts_with("audit.csv") { 1 } else { ROUNDS };
        let mut took = Vec::new();
        for _ in 0..rounds {
            took.push(visitor.ask(&ask, true).await.took);
        }
        line(page, took, &visitor, &ask).await;
    }
    first_view(&visitor).await;
}

/// Returns every page with its name.
fn pages(app: &App) -> Vec<(&'static str, Ask)> {
    let feature = app.feature_named(&name(500)).expect("declared");
    let (name, base) = (feature.name().to_owned(), feature.version().to_string());
    let mut draft = feature.state();
    draft.rules.swap(2, 3);
    let form = |fields: &[(&'static str, &str)]| {
        let known = [("name", name.as_str()), ("base", base.as_str())].into_iter().chain(fields.iter().copied());
        known.map(|(field, value)| (field, value.to_owned())).collect::<Vec<_>>()
    };
    let draft = draft.to_json().to_string();
    let step = form(&[("what", "edit"), ("draft", draft.as_str()), ("do", "open:3")]);
    let of = |page: &str, more: &str| Ask::page(format!("{page}?name={name}{more}"));
    vec![
        ("features", Ask::page("features")),
        ("features, a search", Ask::page("features?q=payments")),
        ("features, of an owner", Ask::page("features?owner=search")),
        ("features, of a kind", Ask::page("features?kind=ops")),
        ("features, stale", Ask::page("features?state=stale")),
        ("features, changed this week", Ask::page("features?state=changed")),
        ("features, pinned", Ask::page("features?state=pinned")),
        ("features, with an experiment", Ask::page("features?state=experiment")),
        ("features, by last change", Ask::page("features?sort=changed")),
        ("features, the last page", Ask::page("features?page=20")),
        ("feature", of("feature", "")),
        ("feature, a draft with an open rule", Ask::Form("feature", step)),
        ("preview of a pin", Ask::Form("preview", form(&[("what", "pin"), ("choice", "premium")]))),
        ("preview of a rollback", Ask::Form("preview", form(&[("what", "rollback"), ("version", "1")]))),
        ("history", of("history", "")),
        ("compare", of("compare", "&from=1&to=10")),
        ("explain, without a user", Ask::page("explain")),
        ("explain", of("explain", "&s.Country=US&s.UserId=4711&s.Age=17&s.Release=1.3.0")),
        ("experiments", Ask::page("experiments")),
        ("experiments of a feature", of("experiments", "")),
        ("segments", Ask::page("segments")),
        ("segment", Ask::page("segments?name=Country")),
        ("instances", Ask::page("instances")),
        ("instances, a catalog", Ask::page("instances?catalog=shop%401.4.2")),
        ("audit", Ask::page("audit")),
        ("audit, of an author", Ask::page("audit?author=linus")),
        ("audit, without matches", Ask::page("audit?text=zebra")),
        ("audit.csv, 10 000 revisions", Ask::page("audit.csv")),
    ]
}

async fn line(page: &str, mut took: Vec<Duration>, visitor: &Visitor, ask: &Ask) {
    took.sort_unstable();
    let median = took[took.len() / 2].as_secs_f64() * 1e3;
    let (plain, packed) = (visitor.ask(ask, false).await, visitor.ask(ask, true).await);
    println!("{page:45} | {median:7.1} | {:7.1} | {:8.1}", kib(plain.body.len()), kib(packed.body.len()));
}

/// Measures everything that a browser loads on its first visit.
async fn first_view(visitor: &Visitor) {
    let page = visitor.ask(&Ask::page("features"), false).await.body;
    let page = String::from_utf8(page).expect("text");
    let files = page.split('"').filter(|part| part.ends_with(".css") || part.ends_with(".js"));
    let mut sum = 0.0;
    for address in ["features"].into_iter().chain(files) {
        let size = kib(visitor.ask(&Ask::page(address), true).await.body.len());
        println!("{address:45} | {:>7} | {:>7} | {size:8.1}", "", "");
        sum += size;
    }
    println!("{:45} | {:>7} | {:>7} | {sum:8.1}   aim {FIRST_VIEW_KIB}\n", "first view over the wire", "", "");
}

fn kib(bytes: usize) -> f64 {
    bytes as f64 / 1024.0
}
