//! Instances: every running program stores its catalog and heartbeats.

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

/// The kind of the records of catalogs.
const CATALOG_KIND: &str = "catalog";
/// The kind of the records of instances.
const INSTANCE_KIND: &str = "instance";

/// The interval of heartbeats.
pub(super) const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(20);

/// The time after its last heartbeat for which an instance counts as running.
const INSTANCE_TTL: Duration = Duration::from_secs(70);

/// The time to live of the record of an instance that has ended: the shortest one that all stores support.
const ENDED_TTL: Duration = Duration::from_millis(1);

/// A running process of a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// A random id.
    pub id: String,
    /// The name of the program.
    pub program: String,
    /// The version of the program.
    pub version: String,
    /// The key of the program's catalog.
    pub catalog: String,
    /// The process id on its machine.
    pub pid: u32,
    /// The time when it started.
    pub started: Timestamp,
    /// The time of its last heartbeat.
    pub heartbeat: Timestamp,
    /// The number of features that it [retains](crate::Retained).
    #[serde(default)]
    pub retained: usize,
}

/// The registration of this instance: its catalog and heartbeats.
#[derive(Clone)]
pub(crate) struct InstanceRegistration {
    /// The store of records. Without one, nothing is registered.
    records: Option<CapabilityHandle<dyn Records>>,
    instance: Instance,
    /// The number of features that the program declares itself, which are the first ones of the app.
    features: usize,
    segments: Vec<SegmentDeclaration>,
    state: Arc<RegistrationState>,
}

/// The state of the registration.
#[derive(Debug, Default)]
struct RegistrationState {
    /// `true` if the last attempt stored the catalog and read those of other programs.
    registered: AtomicBool,
    /// `true` if the last heartbeat was stored.
    heartbeat_stored: AtomicBool,
    /// `true` if the instance has ended. Locked while its record is written, so that no heartbeat follows the end.
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
        Self { records, instance, features, segments, state: Arc::default() }
    }

    /// Returns the key of this program's catalog.
    pub(crate) fn key(&self) -> &str {
        &self.instance.catalog
    }

    /// Returns `true` if the records are in the store with this health.
    pub(super) fn are_records_of(&self, health: &Arc<StoreHealth>) -> bool {
        self.records.as_ref().is_some_and(|records| Arc::ptr_eq(&records.health, health))
    }

    /// Returns `true` if the records are in another store than the revisions of a replica.
    pub(crate) fn are_elsewhere(&self, replica: &Replica) -> bool {
        self.records.is_some() && !self.are_records_of(&replica.health)
    }

    /// Waits until the store of the records is reachable; for ever if there is none.
    pub(super) async fn wait_until_live(&self) {
        match &self.records {
            Some(records) => records.health.wait_until_live().await,
            None => std::future::pending().await,
        }
    }

    /// Returns `true` if the last attempt stored the catalog and read those of other programs.
    pub(super) fn is_registered(&self) -> bool {
        self.state.registered.load(Ordering::Relaxed)
    }

    /// Returns `true` if the last heartbeat was stored.
    pub(super) fn is_heartbeat_stored(&self) -> bool {
        self.state.heartbeat_stored.load(Ordering::Relaxed)
    }

    /// Publishes the catalog, and adds the features of other programs. A failure is a warning until it succeeds.
    ///
    /// # Errors
    /// One of the two has failed.
    pub(crate) async fn register(&self, replica: &Replica) -> Result<()> {
        let published = self.publish(replica).await;
        replica.warnings.report(Source::Catalog, published.as_ref().err());
        let read = self.read_others().await;
        replica.warnings.report(Source::OtherCatalogs, read.as_ref().err());
        self.state.registered.store(published.is_ok() && read.is_ok(), Ordering::Relaxed);
        replica.add_features(newest_first(read?));
        published
    }

    /// Publishes the catalog. A store without records is not an error.
    async fn publish(&self, replica: &Replica) -> Result<()> {
        if self.features == 0 {
            return Ok(());
        }
        let own = replica.features(|features| features.iter().take(self.features).collect::<Vec<_>>());
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
            Some(records) => records.store.put(CATALOG_KIND, self.key(), &bytes, None).await,
            None => Ok(()),
        }
    }

    /// Reads the catalogs of other programs. Skips this program's own, which may be large.
    async fn read_others(&self) -> Result<BTreeMap<String, Catalog>> {
        let mut records = list(self.records.as_ref(), CATALOG_KIND).await?;
        records.retain(|record| self.features == 0 || record.key != self.key());
        Ok(records.into_iter().filter_map(read_catalog).collect())
    }

    /// Stores a heartbeat. A failure is a warning until it succeeds.
    ///
    /// # Errors
    /// The store cannot be written.
    pub(super) async fn heartbeat(&self, replica: &Replica) -> Result<()> {
        let ended = self.state.ended.lock().await;
        if *ended {
            return Ok(());
        }
        let heartbeat = self.write(replica.retained_count(), INSTANCE_TTL).await;
        self.state.heartbeat_stored.store(heartbeat.is_ok(), Ordering::Relaxed);
        replica.warnings.report(Source::Heartbeat, heartbeat.as_ref().err());
        heartbeat
    }

    /// Removes the record of this instance, which has ended, so that other programs do not consider it any more. Does nothing while the
    /// store is unreachable: the record expires by itself.
    ///
    /// # Errors
    /// The store cannot be written.
    pub(crate) async fn end(&self) -> Result<()> {
        let mut ended = self.state.ended.lock().await;
        *ended = true;
        // Without a stored heartbeat there is no record to remove.
        if self.is_heartbeat_stored() && self.records.as_ref().is_some_and(CapabilityHandle::is_live) {
            self.write(0, ENDED_TTL).await?;
            // The record must have expired when this returns.
            tokio::time::sleep(2 * ENDED_TTL).await;
        }
        Ok(())
    }

    /// Writes the record of this instance.
    async fn write(&self, retained: usize, ttl: Duration) -> Result<()> {
        if self.features == 0 {
            return Ok(());
        }
        let instance = Instance { heartbeat: Timestamp::from(SystemTime::now()), retained, ..self.instance.clone() };
        let bytes = serde_json::to_vec(&instance).unwrap_or_default();
        match &self.records {
            Some(records) => records.store.put(INSTANCE_KIND, &instance.id, &bytes, Some(ttl)).await,
            None => Ok(()),
        }
    }
}

/// Reads the catalogs of all programs that ever used the store, by key. Skips damaged ones.
pub(crate) async fn read_catalogs(
    records: Option<&CapabilityHandle<dyn Records>>,
) -> Result<BTreeMap<String, Catalog>> {
    Ok(list(records, CATALOG_KIND).await?.into_iter().filter_map(read_catalog).collect())
}

fn read_catalog(record: Record) -> Option<(String, Catalog)> {
    Some((record.key, serde_json::from_slice(&record.bytes).ok()?))
}

/// Returns the features of all catalogs. If several programs declare a feature, the newest declaration is first: by the version of the
/// program, then by that of the declaring crate. So tools see new declarations after a deployment.
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

/// Reads the running instances.
pub(crate) async fn read_instances(records: Option<&CapabilityHandle<dyn Records>>) -> Result<Vec<Instance>> {
    let instances = list(records, INSTANCE_KIND).await?;
    Ok(instances.into_iter().filter_map(|record| serde_json::from_slice(&record.bytes).ok()).collect())
}

/// Lists the records of a kind; empty without a store of records.
async fn list(records: Option<&CapabilityHandle<dyn Records>>, kind: &str) -> Result<Vec<Record>> {
    match records {
        Some(records) => records.store.list(kind).await,
        None => Ok(Vec::new()),
    }
}
