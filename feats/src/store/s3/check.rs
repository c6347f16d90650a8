//! Checks of a bucket: lost revisions, and objects of other programs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use futures_util::TryStreamExt;
use object_store::ObjectStore;
use tokio::time::Instant;

use super::bucket::{Bucket, Checked};
use super::error::Failure;
use super::objects::{self, HEAD};
use crate::store::{ServerReport, gaps};
use crate::text::quoted;

/// The maximum number of foreign objects that a warning names.
const MAX_NAMED: usize = 5;

/// Returns warnings for operators: those of the last listing of all objects, or those of a new one if the last is too old.
pub(super) async fn check(bucket: &Bucket) -> Result<Vec<String>, Failure> {
    let interval = bucket.address.check;
    {
        let mut checked = bucket.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let warnings = checked.as_ref().map(|last| last.warnings.clone()).unwrap_or_default();
        if checked.as_ref().is_some_and(|last| last.time.elapsed() < interval) {
            return Ok(warnings);
        }
        // Before it is complete: a long listing that is cancelled must not start again at once.
        *checked = Some(Checked { time: Instant::now(), warnings });
    }
    let listed = list(bucket).await;
    let mut checked = bucket.checked.lock().unwrap_or_else(PoisonError::into_inner);
    *checked = listed.as_ref().ok().map(|found| Checked { time: Instant::now(), warnings: found.clone() });
    listed
}

/// Lists all objects under the prefix, with one request for each 1 000, and returns warnings about them.
async fn list(bucket: &Bucket) -> Result<Vec<String>, Failure> {
    let prefix = objects::path(&bucket.address.prefix)?;
    let revisions = format!("{}/", objects::revisions(&bucket.address.prefix)?);
    let head = bucket.head().await?;
    let mut kept: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let (mut foreign, mut named) = (0_usize, Vec::new());
    let client = bucket.client().await?;
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
