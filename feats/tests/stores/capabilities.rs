//! Apps that take states, records, counters and assignments from different stores, or have no store for some of them.

use feats::model::Experiment;
use feats::store::{Memory, Sqlite, Store, StoreUse};
use feats::{App, AppBuilder, ErrorKind};

use super::broken::faulty::{Fault, Faulty};

const UNITS: u64 = 200;

#[feats::segment]
pub trait Reader {
    fn id(id: &u64) -> u64 {
        *id
    }
}

#[feats::boolean(kind = experiment)]
pub fn LongerPreview(_id: &u64) -> bool {
    false
}

/// The states, records, and counters with assignments of one environment.
struct Places<R: Store + Clone, U: Store + Clone> {
    states: Memory,
    records: R,
    units: U,
}

impl<R: Store + Clone, U: Store + Clone> Places<R, U> {
    async fn start(&self) -> App {
        let app = App::builder().store(self.states.clone()).records(self.records.clone());
        let app = app.counters(self.units.clone()).assignments(self.units.clone());
        app.detached().start().await.unwrap()
    }

    /// Runs an experiment from its first publication to its end: units are assigned, counted, and keep their arm in every program.
    async fn run_experiment(&self) {
        let app = self.start().await;
        publish(&app, 50.0).await.unwrap();
        let before = uses(&app).await;
        app.flush().await.unwrap();
        publish(&app, 0.0).await.unwrap();

        let other = self.start().await;
        assert_eq!(uses(&other).await, before, "a unit keeps its implementation");
        assert!(other.store_lookups() > 0);
        other.flush().await.unwrap();
        let report = app.feature::<LongerPreview>().experiment().await.unwrap();
        assert_eq!(report.units(), UNITS);

        let (mut instances, catalogs) = (other.instances().await.unwrap(), other.catalogs().await.unwrap());
        instances.dedup_by(|a, b| a.id == b.id);
        assert_eq!((instances.len(), catalogs.len()), (2, 1));
        let stores: Vec<_> = other.status().stores.into_iter().map(|store| (store.name, store.uses)).collect();
        let expected = [
            (self.states.name(), vec![StoreUse::Revisions]),
            (self.records.name(), vec![StoreUse::Records]),
            (self.units.name(), vec![StoreUse::Counters, StoreUse::Assignments]),
        ];
        assert_eq!(stores, expected);

        // Each store has only its own data.
        let in_records = |store: &dyn Store| store.records().is_some();
        assert!(in_records(&self.states) && in_records(&self.units), "both stores support records");
        for store in [&self.states as &dyn Store, &self.units] {
            assert!(store.records().unwrap().list("catalog").await.unwrap().is_empty());
        }
        assert_eq!(self.records.records().unwrap().list("instance").await.unwrap().len(), 2);
        assert!(self.records.load().await.unwrap().entries.is_empty());
        assert!(self.units.load().await.unwrap().entries.is_empty());
        app.feature::<LongerPreview>().remove_state().publish().await.unwrap();
        app.shutdown().await.unwrap();
        other.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn an_run_experiment_in_memory_sqlite_and_another_memory() {
    let directory = tempfile::tempdir().unwrap();
    let records = Sqlite::open(directory.path().join("records.db")).unwrap();
    Places { states: Memory::new(), records, units: Memory::new() }.run_experiment().await;
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn an_run_experiment_in_memory_sqlite_and_redis() {
    if !feats_servers::available() {
        return;
    }
    let (server, directory) = (feats_servers::Redis::start(), tempfile::tempdir().unwrap());
    let records = Sqlite::open(directory.path().join("records.db")).unwrap();
    let units = feats::store::Redis::open(server.url()).unwrap();
    Places { states: Memory::new(), records, units }.run_experiment().await;
}

/// A store without capabilities.
fn states_alone() -> Faulty {
    Faulty::new(Fault::NoRecords)
}

fn builder(store: &Faulty) -> AppBuilder {
    App::builder().store(store.clone()).detached()
}

#[tokio::test]
async fn an_experiment_is_rejected_without_a_store_for_assignments() {
    let store = states_alone();
    let app = builder(&store).start().await.unwrap();
    let missing = "no store of this app supports records (programs do not know each other's features and instances), or \
                   counters (uses and exposures are not counted), or assignments (experiments cannot be published)";
    assert_eq!(app.status().warnings, [missing]);
    let error = publish(&app, 50.0).await.unwrap_err();
    assert_eq!((error.kind(), error.problems()[0].path()), (ErrorKind::Invalid, "otherwise.experiment"));
    assert!(error.to_string().contains("AppBuilder::assignments"), "{error}");
    assert_eq!(app.feature::<LongerPreview>().version(), 0);
    let rollout = feats::model::Rollout::new("Reader", [("enabled", 10.0), ("default", 90.0)]);
    app.feature::<LongerPreview>().edit().otherwise(rollout).publish().await.unwrap();

    // An experiment of another program can be pinned, and other rules of its feature can be edited.
    let able = builder(&store).assignments(Memory::new()).start().await.unwrap();
    publish(&able, 50.0).await.unwrap();
    app.refresh().await.unwrap();
    let feature = app.feature::<LongerPreview>();
    feature
        .edit()
        .rule(
            "none",
            feats::model::Condition::segment("Reader", feats::model::Operator::Gte(1_000_000.into())),
            LongerPreview::Default,
        )
        .publish()
        .await
        .unwrap();
    feature.pin(LongerPreview::Enabled).publish().await.unwrap();
    feature.unpin().publish().await.unwrap();
    let error = publish(&app, 60.0).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let error = feature.experiment().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_store_without_the_capability_that_it_is_given_for_is_rejected_at_the_start() {
    let builder = builder(&states_alone()).counters(states_alone()).assignments(states_alone());
    let error = builder.start().await.unwrap_err();
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path()).collect();
    assert_eq!((error.kind(), &paths[..]), (ErrorKind::Invalid, &["counters", "assignments"][..]));
    assert!(error.to_string().contains("the store \"NoRecords\" does not support counters"), "{error}");
}

pub async fn publish(app: &App, enabled: f64) -> feats::Result<()> {
    let arms = Experiment::new("Reader", [("enabled", enabled), ("default", 100.0 - enabled)]);
    app.feature::<LongerPreview>().edit().otherwise(arms).publish().await.map(drop)
}

pub async fn uses(app: &App) -> Vec<bool> {
    let mut used = Vec::new();
    for id in 0..UNITS {
        used.push(app.enter_async(LongerPreview::is_enabled_async(&id)).await);
    }
    used
}
