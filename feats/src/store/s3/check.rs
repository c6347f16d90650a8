//! Checks of a bucket: lost revisions, and objects of other programs.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt;
use object_store::ObjectStore;

use super::bucket::Bucket;
use super::error::Failure;
use super::objects::{self, HEAD};
use crate::store::{ServerReport, gaps};
use crate::text::quoted;

/// The maximum number of foreign objects that a warning names.
const MAX_NAMED: usize = 5;

/// Returns warnings for operators. Lists all objects under the prefix: one request for each 1 000.
pub(super) async fn check(bucket: &Bucket) -> Result<Vec<String>, Failure> {
    let prefix = objects::path(&bucket.address.prefix)?;
    let revisions = format!("{}/", objects::revisions(&bucket.address.prefix)?);
    let head = bucket.head().await?;
    let mut kept: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let (mut foreign, mut named) = (0_usize, Vec::new());
    let client = bucket.client()?;
    let mut listed = client.list(Some(&prefix));
    while let Some(object) = listed.try_next().await? {
        let key = object.location.as_ref();
        let segment = key.strip_prefix(&revisions).and_then(|rest| rest.split_once('/')).map(|(segment, _)| segment);
        match (segment, objects::parse_revision(&object.location)) {
            (Some(segment), Some((version, _))) => {
                kept.entry(segment.to_owned()).or_default().insert(version);
            }
            _ if key == format!("{prefix}/{HEAD}") => {}
            _ => {
                foreign += 1;
                if named.len() < MAX_NAMED {
                    named.push(quoted(key).to_string());
                }
            }
        }
    }
    let gaps = head.content.features.iter().filter_map(|(feature, newest)| {
        let kept = kept.get(&objects::segment(feature));
        let kept = kept.map_or(0, |versions| versions.range(..=newest.version).count() as u64);
        (kept < newest.version).then(|| (feature.clone(), newest.version, kept))
    });
    let mut warnings = Vec::from_iter(gaps::warning(gaps.collect()));
    if foreign > 0 {
        let more = if foreign > named.len() { format!(" and {} more", foreign - named.len()) } else { String::new() };
        warnings
            .push(format!("objects of other programs are under the prefix, and ignored: {}{more}", named.join(", ")));
    }
    Ok(warnings)
}

/// Returns facts about the bucket.
pub(super) async fn server(bucket: &Bucket) -> Result<ServerReport, Failure> {
    bucket.head().await?;
    let address = &bucket.address;
    let place = address.endpoint.clone().unwrap_or_else(|| format!("AWS, region {}", address.region));
    Ok(ServerReport { version: Some(format!("S3 at {place}")), ..ServerReport::default() })
}
