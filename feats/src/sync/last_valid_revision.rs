//! The search for the last valid revision in the history of a feature whose newest revision is not valid.

use std::sync::Arc;

use super::replica::Replica;
use crate::compile::Route;
use crate::error::Result;
use crate::model::Declaration;
use crate::runtime::FeatureRevision;
use crate::store::{Page, Store};
use crate::tasks::{Source, run_blocking};

/// The number of revisions in a page. Few, because they may be large.
const PAGE_SIZE: usize = 8;
/// The maximum number of pages that are searched.
const MAX_PAGES: usize = 8;

/// Searches for the last valid routes of unresolved features: a watch may omit revisions that were replaced quickly, and a program that
/// has just started has seen none before.
///
/// # Errors
/// The store is unreachable; the next call searches again.
pub(crate) async fn find_last_valid(store: &dyn Store, replica: &Arc<Replica>) -> Result<()> {
    while let Some((position, unresolved)) = replica.next_unresolved() {
        let Some(declaration) = replica.declaration(position) else { break };
        let found = search(store, replica, &declaration, &unresolved).await;
        let found = found.map_err(|error| error.with_feature(&*declaration.name));
        match found {
            // Without a valid revision, or after a removal, the default is in effect.
            Ok(last_valid) => replica.resolve(position, &unresolved, last_valid),
            Err(error) if error.is_unavailable() => return Err(error),
            Err(error) => {
                replica.resolve(position, &unresolved, None);
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
    for _ in 0..MAX_PAGES {
        let page = store.history(&declaration.name, Page { before: Some(before), limit: PAGE_SIZE }).await?;
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
