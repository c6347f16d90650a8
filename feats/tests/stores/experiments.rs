//! Assignments and counts of two features whose experiments have the same seed.

use feats::model::{Condition, Experiment};
use feats::store::{Memory, Sqlite, Store};
use feats::{App, Feature};

const UNITS: u64 = 200;

#[feats::segment]
pub trait Customer {
    fn id(id: &u64) -> u64 {
        *id
    }
}

#[feats::boolean(kind = experiment)]
pub fn CheaperFee(_id: &u64) -> bool {
    false
}

#[feats::boolean(kind = experiment)]
pub fn FasterFee(_id: &u64) -> bool {
    false
}

#[tokio::test]
async fn features_with_the_same_seed_are_separate_in_memory() {
    let store = Memory::new();
    shares_nothing(|| store.clone()).await;
}

#[tokio::test]
async fn features_with_the_same_seed_are_separate_in_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    shares_nothing(|| Sqlite::open(directory.path().join("feats.db")).unwrap()).await;
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn features_with_the_same_seed_are_separate_in_redis() {
    if !feats_servers::available() {
        return;
    }
    let server = feats_servers::Redis::start();
    shares_nothing(|| feats::store::Redis::open(server.url()).unwrap()).await;
}

async fn shares_nothing<S: Store>(open: impl Fn() -> S) {
    let app = start(open()).await;
    publish::<CheaperFee>(&app, 50.0).await;
    let before = use_cheaper(&app).await;
    app.flush().await.unwrap();
    let enabled = before.iter().filter(|enabled| **enabled).count() as u64;
    assert_eq!(units::<CheaperFee>(&app).await, (UNITS, enabled));

    // Imports the whole state with its seed and slots, then publishes an experiment that gives all units the other arm.
    let copied = app.feature::<CheaperFee>().state();
    app.feature::<FasterFee>().edit().replace(copied).publish().await.unwrap();
    assert_eq!(units::<FasterFee>(&app).await, (0, 0), "this feature was not used yet");
    publish::<FasterFee>(&app, 0.0).await;
    assert_eq!(use_faster(&app).await, [false; UNITS as usize], "assignments of another feature have no effect");
    app.flush().await.unwrap();
    assert_eq!(units::<FasterFee>(&app).await, (UNITS, 0));
    assert_eq!(units::<CheaperFee>(&app).await, (UNITS, enabled), "the first report is unchanged");

    // Another program has no cache, so the store must keep them separate too.
    publish::<CheaperFee>(&app, 100.0).await;
    publish::<FasterFee>(&app, 100.0).await;
    let other = start(open()).await;
    assert_eq!(use_cheaper(&other).await, before, "a unit keeps its implementation");
    assert_eq!(use_faster(&other).await, [false; UNITS as usize], "a unit keeps its implementation");
    other.flush().await.unwrap();
    assert_eq!(units::<CheaperFee>(&app).await, (UNITS, enabled));
    assert_eq!(units::<FasterFee>(&app).await, (UNITS, 0));
}

/// In one program and one thread, the cache of a unit is separate for each feature.
#[tokio::test]
async fn a_unit_that_uses_two_features_with_the_same_seed_is_counted_for_both() {
    let app = start(Memory::new()).await;
    publish::<CheaperFee>(&app, 50.0).await;
    publish::<FasterFee>(&app, 50.0).await;
    for _ in 0..2 {
        use_cheaper(&app).await;
        use_faster(&app).await;
    }
    app.flush().await.unwrap();
    assert_eq!((units::<CheaperFee>(&app).await.0, units::<FasterFee>(&app).await.0), (UNITS, UNITS));
}

#[tokio::test]
async fn a_rule_that_is_renamed_with_its_seed_keeps_its_units() {
    let app = start(Memory::new()).await;
    let feature = app.feature::<CheaperFee>();
    let all = || Condition::segment("Customer", feats::model::Operator::Gte(0.into()));
    feature.edit().rule("old", all(), experiment(50.0)).publish().await.unwrap();
    let before = use_cheaper(&app).await;
    app.flush().await.unwrap();
    let renamed = feature.edit().remove_rule("old").rule("new", all(), experiment(0.0)).allow_reshuffle();
    renamed.publish().await.unwrap();
    assert_eq!(use_cheaper(&app).await, before);
    let report = feature.experiment().await.unwrap();
    assert_eq!((report.rule.as_deref(), report.units()), (Some("new"), UNITS));
}

/// Builds an experiment with a percentage for the enabled implementation, always with the same seed.
fn experiment(enabled: f64) -> Experiment {
    let mut experiment = Experiment::new("Customer", [("enabled", enabled), ("default", 100.0 - enabled)]);
    experiment.rollout.seed = Some("shared".to_owned());
    experiment
}

async fn publish<F: Feature>(app: &App, enabled: f64) {
    app.feature::<F>().edit().otherwise(experiment(enabled)).allow_reshuffle().publish().await.unwrap();
}

async fn start(store: impl Store) -> App {
    App::builder().store(store).detached().start().await.unwrap()
}

async fn use_cheaper(app: &App) -> Vec<bool> {
    let mut used = Vec::new();
    for id in 0..UNITS {
        used.push(app.enter_async(CheaperFee::is_enabled_async(&id)).await);
    }
    used
}

async fn use_faster(app: &App) -> Vec<bool> {
    let mut used = Vec::new();
    for id in 0..UNITS {
        used.push(app.enter_async(FasterFee::is_enabled_async(&id)).await);
    }
    used
}

/// Returns the number of counted units, and how many of them used the enabled implementation.
async fn units<F: Feature>(app: &App) -> (u64, u64) {
    let report = app.feature::<F>().experiment().await.unwrap();
    let enabled = report.arms.iter().find(|arm| arm.implementation == "enabled").map_or(0, |arm| arm.units);
    (report.units(), enabled)
}
