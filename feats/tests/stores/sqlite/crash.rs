//! Writers that are killed in the middle of publishing.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::Duration;

use feats::store::Store;
use sqlx::query_scalar;

use super::child::{Publisher, Told, command};
use super::{open, raw};
use crate::writing::{publish, verified};

/// Two writers are killed in each round: a hundred in all.
const ROUNDS: usize = 50;

#[tokio::test]
async fn no_acknowledged_revision_is_lost_when_writers_are_killed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let observer = open(&path);
    let mut acknowledged = BTreeMap::<String, u64>::new();
    for round in 0..ROUNDS {
        let mut writers = [Publisher::start(command(&path)), Publisher::start(command(&path))];
        // Some are killed early, while the file is created, recovered or checkpointed.
        let told: Vec<Told> =
            writers.iter_mut().flat_map(|writer| writer.take(round % 8).collect::<Vec<_>>()).collect();
        sleep(Duration::from_micros(fastrand::u64(..5_000)));
        let told = told.into_iter().chain(writers.into_iter().flat_map(Publisher::kill));
        for told in told {
            match told {
                Told::Published(feature, version) => {
                    let newest = acknowledged.entry(feature).or_default();
                    *newest = version.max(*newest);
                }
                Told::Loaded(_) => {}
                Told::Failed(error) => panic!("a writer failed: {error}"),
            }
        }
        for store in [&observer, &open(&path)] {
            let versions: BTreeMap<String, u64> = store.versions().await.unwrap().into_iter().collect();
            for (feature, version) in &acknowledged {
                let there = versions.get(feature).copied().unwrap_or(0);
                assert!(
                    there >= *version,
                    "round {round}: version {version} of {feature} is lost, the newest is {there}"
                );
            }
        }
    }
    assert!(acknowledged.values().sum::<u64>() > 100, "too few revisions were published: {acknowledged:?}");
    for (feature, version) in &acknowledged {
        assert!(verified(&observer, feature).await.len() as u64 >= *version);
    }
    publish(&observer, "One").await.unwrap();
    let sound: String = query_scalar("PRAGMA integrity_check").fetch_one(&mut raw(&path).await).await.unwrap();
    assert_eq!(sound, "ok");
}
