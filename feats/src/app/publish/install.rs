//! Install: what the store has by now decides in this program.

use std::sync::Arc;

use crate::app::handle::FeatureHandle;
use crate::app::running::App;
use crate::model::Entry;
use crate::registry::Dynamic;
use crate::runtime::FeatureRevision;
use crate::sync::Incoming;

/// Installs a revision of one's own that was appended, and waits until it decides. `seen` is what its author saw.
pub(super) async fn install(feature: &FeatureHandle<Dynamic>, seen: Option<&Arc<FeatureRevision>>, incoming: Incoming) {
    if !feature.app().0.replica.wrote(seen, incoming) {
        feature.app().wait_for_routes(Some(feature.position())).await;
    }
}

/// Installs a restored revision, which this program has not compiled, without waiting until it decides.
pub(in crate::app) async fn install_restored(app: &App, seen: Option<Arc<FeatureRevision>>, entry: Entry) {
    let replica = app.0.replica.clone();
    let arrival = app.compute(false, move || {
        replica.wrote(seen.as_ref(), replica.incoming(entry, None));
        Ok(())
    });
    // What was not taken over here is in the store, and arrives from there.
    let _ = arrival.await;
}

/// Installs what somebody else has published instead, so that the next edit begins with it.
pub(super) async fn install_theirs(feature: &FeatureHandle<Dynamic>, current: Option<Entry>) {
    let replica = feature.app().0.replica.clone();
    let arrival = feature.app().compute(false, move || {
        replica.apply(current.into_iter().collect());
        Ok(())
    });
    let _ = arrival.await;
    feature.app().wait_for_routes(Some(feature.position())).await;
}
