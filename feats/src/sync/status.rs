//! The status of an app, for operators and health checks.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::exposure::ExposureStats;
use crate::model::Quarantine;
use crate::model::Timestamp;
use crate::store::{StoreConnection, StoreStatus};

/// The status of an app: its stores, the routes in use, and problems. As JSON, the keys are the names of the fields.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// The name of the store of revisions, without secrets.
    pub store: String,
    /// The state of the connection to the store of revisions.
    pub connection: StoreConnection,
    /// The time of the last change of `connection`.
    pub since: Timestamp,
    /// The time of the last successful contact with the store.
    pub last_contact: Option<Timestamp>,
    /// The error of the last attempt to reach the store, if it failed.
    pub error: Option<String>,
    /// The source of the routes in use.
    pub config_source: ConfigSource,
    /// The epoch of the store when it was last read. It changes when the store was emptied or restored.
    pub epoch: Option<String>,
    /// The features whose newest revision the store has lost. The last known revision stays in effect.
    pub retained: Vec<Retained>,
    /// The features whose newest revision this program cannot use.
    pub quarantined: Vec<Quarantine>,
    /// The number of new revisions that are not compiled yet. Until then, the previous revision or their pin is in effect.
    pub compiling: usize,
    /// Failures that do not stop the app, such as publishing the catalog. Each source has at most one warning, which is removed
    /// when the source works again.
    pub warnings: Vec<String>,
    /// The number of attempts to connect since the start.
    pub connects: u64,
    /// The numbers of exposures of experiments.
    pub exposures: ExposureStats,
    /// The status of each store that the app uses, that of revisions first. The others may be unreachable while that one is
    /// live.
    pub stores: Vec<StoreStatus>,
}

/// The source of the routes in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigSource {
    /// The defaults in code.
    Defaults,
    /// The fallback file.
    FallbackFile,
    /// The store.
    Store,
}

/// A feature whose newest revision the store has lost, because it was emptied, restored from an older copy, or failed over to one.
///
/// The last known revision stays in effect until it is [put back](crate::App::restore_retained) or a new one is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Retained {
    /// The name of the feature.
    pub feature: String,
    /// The version in effect.
    pub version: u64,
    /// The version that the store has; 0 if none.
    pub stored: u64,
    /// The time when the loss was detected.
    pub since: Timestamp,
}

impl Status {
    /// Returns `true` if the store of revisions is reachable, and its changes are applied.
    pub fn is_live(&self) -> bool {
        self.connection == StoreConnection::Live
    }

    /// Returns the time since the last successful contact with the store.
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
            error: Some("unreachable".to_owned()),
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
            "error": "unreachable", "config_source": "fallback_file", "epoch": "e",
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
