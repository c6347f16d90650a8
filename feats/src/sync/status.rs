//! What an app knows of its store, for people and health checks.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::exposure::ExposureStats;
use crate::model::Quarantine;
use crate::model::Timestamp;
use crate::store::{StoreConnection, StoreStatus};

/// What an app knows of its stores. As JSON, its keys are the names of its fields.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// The store of the revisions, without secrets.
    pub store: String,
    /// Whether the store is being followed.
    pub connection: StoreConnection,
    /// Since when that is so.
    pub since: Timestamp,
    /// When the store last answered.
    pub last_contact: Option<Timestamp>,
    /// Why the store is not being followed.
    pub error: Option<String>,
    /// Where the routes in use come from.
    pub config_source: ConfigSource,
    /// The life of the store that was last read: another one after it was emptied or restored.
    pub epoch: Option<String>,
    /// The features whose newest revisions the store has lost. They go on deciding.
    pub retained: Vec<Retained>,
    /// The features whose newest revision this program cannot use.
    pub quarantined: Vec<Quarantine>,
    /// How many revisions have arrived whose rules are not compiled yet. Until then what was before decides, or their pin.
    pub compiling: usize,
    /// What does not work without stopping anything, such as publishing the catalog. A warning ends when the same thing
    /// works again; there is at most one of each source.
    pub warnings: Vec<String>,
    /// How many attempts to connect there were since the start.
    pub connects: u64,
    /// What became of the exposures of experiments.
    pub exposures: ExposureStats,
    /// Each store that the app uses, and for what: the one of the revisions first, of which the fields above tell more. The
    /// others may be away while that one is live.
    pub stores: Vec<StoreStatus>,
}

/// Where the routes in use come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigSource {
    /// Nowhere: the defaults in code.
    Defaults,
    /// The fallback file.
    FallbackFile,
    /// The store.
    Store,
}

/// A feature whose newest revision the store has lost: it was emptied, restored from an older copy, or failed over to one.
///
/// What decided before goes on deciding, until the revision is [put back](crate::App::restore_retained) or somebody publishes
/// anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Retained {
    /// The feature.
    pub feature: String,
    /// The version that decides.
    pub version: u64,
    /// The version that the store has; 0 if none.
    pub stored: u64,
    /// When the loss was noticed.
    pub since: Timestamp,
}

impl Status {
    /// Whether changes arrive.
    pub fn is_live(&self) -> bool {
        self.connection == StoreConnection::Live
    }

    /// How long ago the store last answered.
    pub fn age(&self) -> Option<Duration> {
        self.last_contact.map(|contact| Timestamp::from(SystemTime::now()).since(contact))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problem;
    use crate::store::StoreUse;

    #[test]
    fn a_status_has_stable_keys_as_json() {
        let since = Timestamp::from_millis(1_700_000_000_000);
        let store = StoreStatus {
            name: "memory".to_owned(),
            uses: vec![StoreUse::Revisions, StoreUse::Assignments],
            connection: StoreConnection::Live,
            since,
            last_contact: None,
            error: None,
            epoch: None,
        };
        let problem = Problem::new("rules[0]", "wrong");
        let quarantine = Quarantine { feature: "Fee".to_owned(), version: 3, serving: None, problems: vec![problem] };
        let status = Status {
            store: "memory".to_owned(),
            connection: StoreConnection::Stale,
            since,
            last_contact: Some(since),
            error: Some("away".to_owned()),
            config_source: ConfigSource::FallbackFile,
            epoch: Some("e".to_owned()),
            retained: vec![Retained { feature: "Fee".to_owned(), version: 3, stored: 0, since }],
            quarantined: vec![quarantine],
            compiling: 1,
            warnings: vec!["slow".to_owned()],
            connects: 2,
            exposures: ExposureStats { recorded: 4, stored: 2, waiting: 1, dropped: 1 },
            stores: vec![store],
        };
        let expected = serde_json::json!({
            "store": "memory", "connection": "stale", "since": "2023-11-14T22:13:20Z", "last_contact": "2023-11-14T22:13:20Z",
            "error": "away", "config_source": "fallback_file", "epoch": "e",
            "retained": [{"feature": "Fee", "version": 3, "stored": 0, "since": "2023-11-14T22:13:20Z"}],
            "quarantined": [{"feature": "Fee", "version": 3, "serving": null,
                             "problems": [{"path": "rules[0]", "message": "wrong", "suggestion": null}]}],
            "compiling": 1, "warnings": ["slow"], "connects": 2,
            "exposures": {"recorded": 4, "stored": 2, "waiting": 1, "dropped": 1},
            "stores": [{"name": "memory", "uses": ["revisions", "assignments"], "connection": "live",
                        "since": "2023-11-14T22:13:20Z", "last_contact": null, "error": null, "epoch": null}],
        });
        assert_eq!(serde_json::to_value(&status).ok(), Some(expected));
    }
}
