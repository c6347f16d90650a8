//! What decided before: where the newest revision cannot be used, history may have one that can.

use std::sync::Arc;

use super::replica::Replica;
use crate::compile::Route;
use crate::error::Result;
use crate::model::Declaration;
use crate::runtime::FeatureRevision;
use crate::store::{Page, Store};
use crate::tasks::{Source, run_blocking};

/// How many revisions are asked for at once. They may be large.
const PAGE: usize = 8;
/// How many pages are looked through.
const PAGES: usize = 8;

/// Looks for the last good routes of features that came up with a revision that cannot be used: a watch may leave out what
/// was overtaken, and a program that has just started saw nothing before.
///
/// # Errors
/// The store gives no answer; the next call looks again.
pub(crate) async fn find_last_valid(store: &dyn Store, replica: &Arc<Replica>) -> Result<()> {
    while let Some((position, orphan)) = replica.next_unresolved() {
        let Some(declaration) = replica.declaration(position) else { break };
        let found = search(store, replica, &declaration, &orphan).await;
        let found = found.map_err(|error| error.with_feature(&*declaration.name));
        match found {
            // Nothing in it can be used, or the state was removed: the default decides.
            Ok(last_valid) => replica.resolve(position, &orphan, last_valid),
            Err(error) if error.is_unavailable() => return Err(error),
            Err(error) => {
                replica.resolve(position, &orphan, None);
                replica.warnings.set(Source::UnusableHistory(position), error.report());
            }
        }
    }
    Ok(())
}

async fn search(
    store: &dyn Store,
    replica: &Arc<Replica>,
    declaration: &Arc<Declaration>,
    unresolved: &FeatureRevision,
) -> Result<Option<Arc<Route>>> {
    let mut before = unresolved.version;
    for _ in 0..PAGES {
        let page = store.history(&declaration.name, Page { before: Some(before), limit: PAGE }).await?;
        let oldest = page.last().map_or(0, |oldest| oldest.version);
        let (replica, declaration) = (replica.clone(), declaration.clone());
        let good = run_blocking(move || {
            let mut compiled = page.iter().map(|entry| replica.compiled(&declaration, entry));
            Ok(compiled.find(|compiled| compiled.problems.is_empty()))
        });
        if let Some(good) = good.await? {
            return Ok(good.route.map(Arc::new));
        }
        if oldest <= 1 {
            break;
        }
        before = oldest;
    }
    Ok(None)
}
