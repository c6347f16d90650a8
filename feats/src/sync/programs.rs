//! Programs and instances: every running program tells the store what it declares and that it runs.

use std::collections::BTreeMap;
use std::time::Duration;

use semver::Version;
use serde::{Deserialize, Serialize};

use super::replica::Replica;
use crate::error::{ErrorKind, Result};
use crate::model::{Catalog, Declaration, SegmentDeclaration, Timestamp, Value};
use crate::store::{Record, Store};

const CATALOG: &str = "catalog";
const INSTANCE: &str = "instance";

/// How often an instance says that it runs.
pub(super) const BEAT: Duration = Duration::from_secs(20);

/// For how long an instance counts as running after it last said so.
const ALIVE: Duration = Duration::from_secs(70);

/// One running process of a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// A random id.
    pub id: String,
    /// The program's name.
    pub program: String,
    /// The program's version.
    pub version: String,
    /// The key of its catalog.
    pub catalog: String,
    /// The process's number on its machine.
    pub pid: u32,
    /// When it started.
    pub started: Timestamp,
    /// When it last said that it runs.
    pub beat: Timestamp,
    /// How many features it [holds over](crate::Held).
    #[serde(default)]
    pub held: usize,
}

/// What this program tells its store.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    instance: Instance,
    /// How many of an app's features are the program's own: the first ones.
    features: usize,
    segments: Vec<SegmentDeclaration>,
}

impl Programs {
    pub(crate) fn new(program: String, version: String, features: usize, segments: Vec<SegmentDeclaration>) -> Self {
        let instance = Instance {
            id: format!("{:016x}", fastrand::u64(..)),
            catalog: format!("{program}@{version}"),
            program,
            version,
            pid: std::process::id(),
            started: Timestamp::now(),
            beat: Timestamp::now(),
            held: 0,
        };
        Self { instance, features, segments }
    }

    /// The key of this program's catalog.
    pub(crate) fn key(&self) -> &str {
        &self.instance.catalog
    }

    /// Publishes the catalog. A store without records is no error.
    pub(super) async fn publish(&self, store: &dyn Store, replica: &Replica) -> Result<()> {
        if self.features == 0 {
            return Ok(());
        }
        let own = replica.features(|features| features.iter().take(self.features).cloned().collect::<Vec<_>>());
        let mut features: Vec<Declaration> = own.iter().map(|feature| Declaration::clone(feature)).collect();
        features.sort_by(|a, b| a.name.cmp(&b.name));
        let json = |value: &Value<'_>| serde_json::to_value(value).unwrap_or_default();
        let catalog = Catalog {
            program: self.instance.program.clone(),
            version: self.instance.version.clone(),
            features,
            segments: self.segments.clone(),
            attributes: replica.attributes.iter().map(|(name, value)| (name.to_owned(), json(value))).collect(),
        };
        let bytes = serde_json::to_vec(&catalog).unwrap_or_default();
        accept_unsupported(store.put(CATALOG, self.key(), &bytes, None).await)
    }

    /// The catalogs of other programs. What this one has published itself is not parsed again: it may be large.
    pub(super) async fn read_others(&self, store: &dyn Store) -> Result<BTreeMap<String, Catalog>> {
        let mut records = records(store, CATALOG).await?;
        records.retain(|record| self.features == 0 || record.key != self.key());
        Ok(records.into_iter().filter_map(read_catalog).collect())
    }

    /// Says that this instance runs.
    pub(super) async fn beat(&self, store: &dyn Store, replica: &Replica) -> Result<()> {
        if self.features == 0 {
            return Ok(());
        }
        let instance = Instance { beat: Timestamp::now(), held: replica.holds(), ..self.instance.clone() };
        let bytes = serde_json::to_vec(&instance).unwrap_or_default();
        accept_unsupported(store.put(INSTANCE, &instance.id, &bytes, Some(ALIVE)).await)
    }
}

/// Nothing, where a store has no records.
fn accept_unsupported<T: Default>(result: Result<T>) -> Result<T> {
    result.or_else(|error| if error.kind() == ErrorKind::Unsupported { Ok(T::default()) } else { Err(error) })
}

/// The catalogs of all programs that ever used the store, by key. A damaged one is left out.
pub(crate) async fn read_catalogs(store: &dyn Store) -> Result<BTreeMap<String, Catalog>> {
    Ok(records(store, CATALOG).await?.into_iter().filter_map(read_catalog).collect())
}

fn read_catalog(record: Record) -> Option<(String, Catalog)> {
    Some((record.key, serde_json::from_slice(&record.bytes).ok()?))
}

/// The features of all catalogs. Where several programs declare one, the newest of them comes first: by the version of
/// the program, then by that of the crate that declares it. After a deployment, tools know what is new.
pub(crate) fn newest_first(catalogs: BTreeMap<String, Catalog>) -> Vec<Declaration> {
    let version = |text: &str| Version::parse(text).ok();
    let declared = catalogs.into_values().flat_map(|catalog| {
        let program = version(&catalog.version);
        catalog.features.into_iter().map(move |feature| {
            let origin = feature.origin.as_ref().and_then(|origin| version(&origin.version));
            ((program.clone(), origin), feature)
        })
    });
    let mut declared: Vec<_> = declared.collect();
    declared.sort_by(|(a, _), (b, _)| b.cmp(a));
    declared.into_iter().map(|(_, feature)| feature).collect()
}

/// The instances that run now.
pub(crate) async fn read_instances(store: &dyn Store) -> Result<Vec<Instance>> {
    let records = records(store, INSTANCE).await?;
    Ok(records.into_iter().filter_map(|record| serde_json::from_slice(&record.bytes).ok()).collect())
}

/// The records of a kind; none in a store without records.
async fn records(store: &dyn Store, kind: &str) -> Result<Vec<Record>> {
    accept_unsupported(store.list(kind).await)
}
