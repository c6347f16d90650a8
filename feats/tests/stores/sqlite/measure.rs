//! How fast: `cargo test --release --test stores measure -- --ignored --nocapture`.

use std::time::Instant;

use feats::store::{Appended, Expected, Store};

use super::{open, raw, revision};

#[tokio::test]
#[ignore = "it measures"]
#[expect(clippy::print_stdout, reason = "it prints what it measured")]
async fn measure() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    store.load().await.unwrap();
    // Ten thousand features, each of ten revisions of 600 bytes.
    let fill = "WITH RECURSIVE f(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM f WHERE n < 99999)
        INSERT INTO revisions (feature, version, id, hash, removed, bytes)
        SELECT 'Feature' || (n % 10000), n / 10000 + 1, 'id' || n, randomblob(32), 0, randomblob(600) FROM f;
        INSERT INTO current SELECT feature, version, seq FROM revisions WHERE version = 10;";
    sqlx::raw_sql(fill).execute(&mut raw(&path).await).await.unwrap();
    for label in ["cold handle", "warm handle", "warm handle"] {
        let store = if label == "cold handle" { open(&path) } else { store.clone() };
        let start = Instant::now();
        let loaded = store.load().await.unwrap();
        println!("load of {} features, {label}: {:?}", loaded.entries.len(), start.elapsed());
    }
    let start = Instant::now();
    store.versions().await.unwrap();
    println!("versions: {:?}", start.elapsed());

    let mut times = Vec::new();
    let mut current = None;
    for _ in 0..500 {
        let entry = revision("Measured", current.as_ref(), 600);
        let expected = current.as_ref().map(Expected::after).unwrap_or_default();
        let start = Instant::now();
        assert_eq!(store.append(expected, &entry).await.unwrap(), Appended::Done);
        times.push(start.elapsed());
        current = Some(entry);
    }
    times.sort();
    println!("append: median {:?}, 99th percentile {:?}, worst {:?}", times[250], times[495], times[499]);
}
