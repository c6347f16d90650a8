//! Install: the newest revision in the store decides in this program.

use std::sync::Arc;

use crate::app::handle::FeatureHandle;
use crate::app::running::App;
use crate::model::Entry;
use crate::registry::Dynamic;
use crate::runtime::FeatureRevision;
use crate::sync::Incoming;

/// Installs a revision that this program has appended, and waits until it decides. `seen` is the revision that its author
/// saw.
pub(super) async fn install(feature: &FeatureHandle<Dynamic>, seen: Option<&Arc<FeatureRevision>>, incoming: Incoming) {
    if !feature.app().0.replica.wrote(seen, incoming) {
        feature.app().wait_for_routes(Some(feature.position())).await;
    }
}

/// Installs a restored revision, which is not compiled yet, without waiting until it decides.
pub(in crate::app) async fn install_restored(app: &App, seen: Option<Arc<FeatureRevision>>, entry: Entry) {
    let replica = app.0.replica.clone();
    let applied = app.compute(false, move || {
        replica.wrote(seen.as_ref(), replica.incoming(entry, None));
        Ok(())
    });
    // If this fails, the revision arrives from the store.
    let _ = applied.await;
}

/// Installs the revision that another author has published instead, so that the next edit is based on it.
pub(super) async fn install_theirs(feature: &FeatureHandle<Dynamic>, current: Option<Entry>) {
    let replica = feature.app().0.replica.clone();
    let applied = feature.app().compute(false, move || {
        replica.apply(current.into_iter().collect());
        Ok(())
    });
    let _ = applied.await;
    feature.app().wait_for_routes(Some(feature.position())).await;
}
