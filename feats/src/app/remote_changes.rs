//! Changes of other programs, passed to the hook of the app.

use std::sync::Arc;

use super::block_on::block_on;
use super::publish::{ObservedWrite, WriteHook, WriteHookSlot};
use crate::error::{Error, Result};
use crate::model::State;
use crate::sync::{ChangeEvent, ChangeSource, FeatureChange, Replica};
use crate::tasks::{Backoff, Round, run_blocking, supervise};

/// The task that passes changes of other programs to the hook.
pub(super) struct RemoteChanges {
    pub(super) replica: Arc<Replica>,
    pub(super) hook: Arc<WriteHookSlot>,
}

impl RemoteChanges {
    /// Runs until it is dropped. It does nothing before a hook is set.
    pub(super) async fn run(self) {
        let failed = |error: &Error| tracing::error!(error = %error.report(), "passing a change to listeners failed");
        supervise("listeners", &Backoff::default(), || self.follow(), failed).await;
    }

    async fn follow(&self) -> Result<Round> {
        let hook = self.hook.wait().await;
        let mut changes = self.replica.subscribe();
        while let Some(event) = changes.recv().await {
            match event {
                ChangeEvent::Changed(change) if change.source == ChangeSource::AnotherProgram => {
                    self.pass(hook, &change).await?;
                }
                ChangeEvent::Changed(_) => {}
                ChangeEvent::Missed(count) => tracing::warn!(count, "listeners were too slow and missed changes"),
            }
        }
        std::future::pending().await
    }

    /// Passes a change to the hook on a thread of its own, since listeners may block.
    async fn pass(&self, hook: &Arc<dyn WriteHook>, change: &FeatureChange) -> Result<()> {
        let (position, snapshot) =
            (self.replica.features(|features| features.position(&change.feature)), self.replica.cell.load_full());
        let Some(position) = position else { return Ok(()) };
        let revision = snapshot.revision(position).and_then(|revision| revision.to_entry()?.decode().ok());
        let Some(revision) = revision else { return Ok(()) };
        let is_flag = self.replica.declaration(position).is_some_and(|declaration| declaration.flag);
        let (before, after) = (State::default(), (!revision.is_removed()).then(|| revision.state()));
        let observed = hook.clone().after(&ObservedWrite {
            feature: &change.feature,
            is_flag,
            tag: Some(REMOTE),
            author: revision.author(),
            comment: revision.comment(),
            version: revision.version(),
            before: &before,
            after: after.as_ref(),
        });
        run_blocking(move || {
            block_on(observed);
            Ok(())
        })
        .await
    }
}

/// The tag of a change that another program made.
const REMOTE: &str = "remote";
