//! A store that is unreachable when programs start.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use feats::ConfigSource;
use feats_servers::{Redis, until};

use crate::harness::{FEATURES, Trial, fault, version};

#[test]
fn unreachable_at_the_start() {
    fault::<Redis>("start: the store is away", || {
        let redis = Redis::builder().appendonly().start();
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("last-known-good.jsonl");

        let mut before = Trial::setup(redis.url()).apps(1).customize(with_fallback_file(&file)).start();
        before.pause_writers();
        let app = &before.apps()[0];
        let newest = FEATURES.map(|name| (name, version(app, name)));
        until("the file has the newest revisions", || {
            let text = fs::read_to_string(&file).unwrap_or_default();
            newest
                .iter()
                .all(|(name, version)| text.contains(&format!(r#"\"feature\":\"{name}\",\"version\":{version},"#)))
        });
        let attempts = Arc::clone(before.attempts());
        drop(before);
        redis.kill();

        // The first program has a fallback file, the others do not.
        let fallback = with_fallback_file(&file);
        let setup = Trial::setup(redis.url()).attempts(attempts);
        let setup = setup.customize(move |number, app| if number == 0 { fallback(number, app) } else { app });
        let mut trial = setup.boot();
        trial.expect_stale();
        for (number, app) in trial.apps().iter().enumerate() {
            let (origin, found) = (app.status().config_source, newest.map(|(name, _)| (name, version(app, name))));
            let expected = if number == 0 {
                (ConfigSource::FallbackFile, newest)
            } else {
                (ConfigSource::Defaults, newest.map(|(name, _)| (name, 0)))
            };
            assert_eq!((origin, found), expected);
        }
        trial.run_for(Duration::from_millis(500));
        redis.restart();
        trial.healed();
        trial.end()
    });
}

fn with_fallback_file(file: &std::path::Path) -> impl Fn(usize, feats::AppBuilder) -> feats::AppBuilder + use<> {
    let file = file.to_owned();
    move |_, app| app.fallback_file(&file)
}
