//! What a store reports about its server, for `feats doctor`.

use crate::model::Timestamp;

/// Facts about the server of a store, for diagnosis. A store leaves out what does not apply to it, or what its user may not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerReport {
    /// The product and its version, such as `PostgreSQL 15.8`.
    pub version: Option<String>,
    /// The time of the server's clock.
    pub time: Option<Timestamp>,
    /// Settings that matter to durability and order, as names and values: persistence, eviction, isolation.
    pub settings: Vec<(String, String)>,
    /// Rights that this user lacks, each as the server names it. Empty if the user has all, or if the server does not say.
    pub missing_rights: Vec<String>,
}
