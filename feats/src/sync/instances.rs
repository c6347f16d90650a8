//! Programs and instances: every running program tells the store what it declares and that it runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use semver::Version;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::replica::Replica;
use crate::error::Result;
use crate::model::{Catalog, Declaration, SegmentDeclaration, Timestamp, Value};
use crate::store::{CapabilityHandle, Record, Records, StoreHealth};
use crate::tasks::{Process, Source};

const CATALOG: &str = "catalog";
const INSTANCE: &str = "instance";

/// How often an instance says that it runs.
pub(super) const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(20);

/// For how long an instance counts as running after it last said so.
const INSTANCE_TTL: Duration = Duration::from_secs(70);

/// For how long the record of an instance that has ended stays: there is no shorter time for all stores.
const ENDED_TTL: Duration = Duration::from_millis(1);

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
    pub heartbeat: Timestamp,
    /// How many features it [holds over](crate::Held).
    #[serde(default)]
    pub retained: usize,
}

/// What this program tells others.
#[derive(Clone)]
pub(crate) struct InstanceRegistration {
    /// Where; nothing is told if no store keeps records.
    records: Option<CapabilityHandle<dyn Records>>,
    instance: Instance,
    /// How many of an app's features are the program's own: the first ones.
    features: usize,
    segments: Vec<SegmentDeclaration>,
    presence: Arc<RegistrationState>,
}

/// What the store has been given of this instance.
#[derive(Debug, Default)]
struct RegistrationState {
    /// Whether the store had the catalog, and gave those of others, at the last try.
    registered: AtomicBool,
    /// Whether the store took the last heartbeat.
    heartbeat_stored: AtomicBool,
    /// Whether the instance has ended. Held while its record is written, so that no heartbeat comes after the end.
    ended: Mutex<bool>,
}

impl InstanceRegistration {
    pub(crate) fn new(
        records: Option<CapabilityHandle<dyn Records>>,
        program: String,
        version: String,
        features: usize,
        segments: Vec<SegmentDeclaration>,
    ) -> Self {
        let instance = Instance {
            id: format!("{:016x}", Process::current().rng().u64(..)),
            catalog: format!("{program}@{version}"),
            program,
            version,
            pid: std::process::id(),
            started: Timestamp::from(SystemTime::now()),
            heartbeat: Timestamp::from(SystemTime::now()),
            retained: 0,
        };
        Self { records, instance, features, segments, presence: Arc::default() }
    }

    /// The key of this program's catalog.
    pub(crate) fn key(&self) -> &str {
        &self.instance.catalog
    }

    /// Whether the records are of the store with this health.
    pub(super) fn are_records_of(&self, health: &Arc<StoreHealth>) -> bool {
        self.records.as_ref().is_some_and(|records| Arc::ptr_eq(&records.health, health))
    }

    /// Whether the records are of another store than the one that a replica follows.
    pub(crate) fn are_elsewhere(&self, replica: &Replica) -> bool {
        self.records.is_some() && !self.are_records_of(&replica.health)
    }

    /// Waits until the store of the records answers; for ever if there is none.
    pub(super) async fn wait_until_live(&self) {
        match &self.records {
            Some(records) => records.health.wait_until_live().await,
            None => std::future::pending().await,
        }
    }

    /// Whether the store had the catalog, and gave those of other programs, at the last try.
    pub(super) fn is_registered(&self) -> bool {
        self.presence.registered.load(Ordering::Relaxed)
    }

    /// Whether the store took the last heartbeat.
    pub(super) fn is_heartbeat_stored(&self) -> bool {
        self.presence.heartbeat_stored.load(Ordering::Relaxed)
    }

    /// Publishes the catalog, and takes over the features of other programs. What fails is a warning until it succeeds.
    ///
    /// # Errors
    /// One of the two has failed.
    pub(crate) async fn register(&self, replica: &Replica) -> Result<()> {
        let published = self.publish(replica).await;
        replica.warnings.report(Source::Catalog, published.as_ref().err());
        let read = self.read_others().await;
        replica.warnings.report(Source::OtherCatalogs, read.as_ref().err());
        self.presence.registered.store(published.is_ok() && read.is_ok(), Ordering::Relaxed);
        replica.add_features(newest_first(read?));
        published
    }

    /// Publishes the catalog. A store without records is not an error.
    async fn publish(&self, replica: &Replica) -> Result<()> {
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
        match &self.records {
            Some(records) => records.store.put(CATALOG, self.key(), &bytes, None).await,
            None => Ok(()),
        }
    }

    /// The catalogs of other programs. What this one has published itself is not parsed again: it may be large.
    async fn read_others(&self) -> Result<BTreeMap<String, Catalog>> {
        let mut records = list(self.records.as_ref(), CATALOG).await?;
        records.retain(|record| self.features == 0 || record.key != self.key());
        Ok(records.into_iter().filter_map(read_catalog).collect())
    }

    /// Reports that this instance runs. What prevents that is a warning until it succeeds.
    ///
    /// # Errors
    /// The store cannot be written.
    pub(super) async fn heartbeat(&self, replica: &Replica) -> Result<()> {
        let ended = self.presence.ended.lock().await;
        if *ended {
            return Ok(());
        }
        let beaten = self.write(replica.retained_count(), INSTANCE_TTL).await;
        self.presence.heartbeat_stored.store(beaten.is_ok(), Ordering::Relaxed);
        replica.warnings.report(Source::Heartbeat, beaten.as_ref().err());
        beaten
    }

    /// Removes the record of this instance, which has ended: other programs need not consider it any more. While the store is
    /// away nobody waits for that; the record expires by itself.
    ///
    /// # Errors
    /// The store cannot be written.
    pub(crate) async fn end(&self) -> Result<()> {
        let mut ended = self.presence.ended.lock().await;
        *ended = true;
        // Where no heartbeat arrived there is nothing to remove.
        if self.is_heartbeat_stored() && self.records.as_ref().is_some_and(CapabilityHandle::is_live) {
            self.write(0, ENDED_TTL).await?;
            // Who looks after the end must not find it.
            tokio::time::sleep(2 * ENDED_TTL).await;
        }
        Ok(())
    }

    /// Writes the record of this instance.
    async fn write(&self, held: usize, ttl: Duration) -> Result<()> {
        if self.features == 0 {
            return Ok(());
        }
        let instance =
            Instance { heartbeat: Timestamp::from(SystemTime::now()), retained: held, ..self.instance.clone() };
        let bytes = serde_json::to_vec(&instance).unwrap_or_default();
        match &self.records {
            Some(records) => records.store.put(INSTANCE, &instance.id, &bytes, Some(ttl)).await,
            None => Ok(()),
        }
    }
}

/// The catalogs of all programs that ever used the store, by key. A damaged one is left out.
pub(crate) async fn read_catalogs(
    records: Option<&CapabilityHandle<dyn Records>>,
) -> Result<BTreeMap<String, Catalog>> {
    Ok(list(records, CATALOG).await?.into_iter().filter_map(read_catalog).collect())
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
            let origin = feature.location.as_ref().and_then(|origin| version(&origin.version));
            ((program.clone(), origin), feature)
        })
    });
    let mut declared: Vec<_> = declared.collect();
    declared.sort_by(|(a, _), (b, _)| b.cmp(a));
    declared.into_iter().map(|(_, feature)| feature).collect()
}

/// The instances that run now.
pub(crate) async fn read_instances(records: Option<&CapabilityHandle<dyn Records>>) -> Result<Vec<Instance>> {
    let instances = list(records, INSTANCE).await?;
    Ok(instances.into_iter().filter_map(|record| serde_json::from_slice(&record.bytes).ok()).collect())
}

/// The records of a kind; none where no store keeps records.
async fn list(records: Option<&CapabilityHandle<dyn Records>>, kind: &str) -> Result<Vec<Record>> {
    match records {
        Some(records) => records.store.list(kind).await,
        None => Ok(Vec::new()),
    }
}
