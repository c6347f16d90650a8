//! Compiling queued revisions, and quarantine of those that cannot be used. No lock is held meanwhile.

use std::sync::Arc;

use feats_core::__private::compile_planned;

use super::apply::SnapshotUpdate;
use super::last_valid_revision::find_last_valid;
use super::queue::{Built, Finished, Task};
use super::replica::{Replica, locked};
use crate::compile::{Compiled, Context, Route, Stage, compile};
use crate::error::{Error, Problem, Result};
use crate::model::{Declaration, Entry, State};
use crate::runtime::{FeatureRevision, QuarantinedRevision};
use crate::store::Store;
use crate::tasks::{Backoff, Round, Source, catch_panic, run_blocking, supervise};

/// The task that compiles queued revisions.
pub(crate) struct Compiler {
    replica: Arc<Replica>,
    store: Arc<dyn Store>,
}

impl Compiler {
    pub(crate) fn new(replica: Arc<Replica>, store: Arc<dyn Store>) -> Self {
        Self { replica, store }
    }

    /// Runs until it is dropped. Two threads compile, so that one large state does not delay all others.
    pub(crate) async fn run(self) {
        // A panic in a compilation is a problem of that state, and a failed search is a warning; so this is unexpected.
        let failed = |error: &Error| tracing::error!(error = %error.report(), "compiling failed");
        let backoffs = [Backoff::default(), Backoff::default(), Backoff::default()];
        let [one, two, search] = &backoffs;
        tokio::join!(
            supervise("compiling", one, || self.compile(), failed),
            supervise("compiling", two, || self.compile(), failed),
            supervise("searching histories", search, || self.find_last_valid_revisions(), failed),
        );
    }

    async fn compile(&self) -> Result<Round> {
        let replica = self.replica.clone();
        run_blocking(move || {
            replica.compile_waiting();
            Ok(())
        })
        .await?;
        self.replica.queued.notified().await;
        Ok(Round::Done)
    }

    /// Searches for the last valid revision of each unresolved feature.
    async fn find_last_valid_revisions(&self) -> Result<Round> {
        self.replica.unresolved.notified().await;
        let found = find_last_valid(&*self.store, &self.replica).await;
        self.replica.warnings.report(Source::History, found.as_ref().err());
        if found.is_err() {
            self.replica.unresolved.notify_one();
            return Ok(Round::Paused);
        }
        Ok(Round::Done)
    }
}

impl Replica {
    /// Compiles a state for a feature. A panic becomes a problem of the state.
    pub(crate) fn compile(&self, declaration: &Declaration, state: &State, stage: Stage<'_>, version: u64) -> Compiled {
        let context = Context { declaration, attributes: &self.attributes, stage, version };
        self.catch_compile(declaration, version, || {
            #[cfg(test)]
            hook::call(self, &declaration.name, version);
            compile(state, context)
        })
    }

    /// Compiles a state with planned allocations from the route that was built to check it. A panic becomes a problem of the state.
    pub(crate) fn compile_planned(
        &self,
        declaration: &Declaration,
        checked: Route,
        state: &State,
        version: u64,
    ) -> Compiled {
        let context = Context { declaration, attributes: &self.attributes, stage: Stage::Stored, version };
        self.catch_compile(declaration, version, || compile_planned(checked, state, context))
    }

    fn catch_compile(&self, declaration: &Declaration, version: u64, compile: impl FnOnce() -> Compiled) -> Compiled {
        let compiled = catch_panic("compiling", || Ok(compile()));
        let mut compiled = compiled.unwrap_or_else(|panic| {
            tracing::error!(feature = %declaration.name, version, %panic, "compiling this state failed");
            Compiled { route: None, problems: vec![Problem::new("", "compiling this state failed")] }
        });
        compiled.route.iter_mut().for_each(|route| locked(&self.names).share_names(route));
        compiled
    }

    /// Compiles a revision: returns its route, and its problems. A tombstone has neither.
    pub(super) fn compiled(&self, declaration: &Declaration, entry: &Entry) -> Compiled {
        match entry.decode() {
            Ok(revision) if revision.is_removed() => Compiled { route: None, problems: Vec::new() },
            Ok(revision) => {
                let state = State::from_json(revision.state_json());
                self.compile(declaration, &state, Stage::Stored, entry.version)
            }
            Err(error) => Compiled { route: None, problems: vec![Problem::new("", error.message())] },
        }
    }

    /// Compiles queued revisions until none is left. Installing copies a list of all features, so revisions that are finished within a
    /// short time are installed together.
    pub(super) fn compile_waiting(&self) {
        let mut next = locked(&self.writer_state).queue.take();
        while let Some(task) = next {
            let built = self.build(task);
            let mut update = self.update();
            update.state.built.extend(built);
            if update.state.queue.is_taken() || update.state.is_install_due() {
                update.install_built();
            }
            next = update.state.queue.take();
            update.finish();
        }
    }

    /// Compiles one revision. If it is not valid, also compiles those that it replaced, from the newest to the first valid one.
    pub(super) fn build(&self, task: Task) -> Option<Built> {
        let Task { position, entry, replaced } = task;
        let declaration = self.declaration(position)?;
        let Compiled { route, problems } = self.compiled(&declaration, &entry);
        let revision = FeatureRevision::valid(&entry, route.map(Arc::new));
        if problems.is_empty() {
            return Some(Built { position, entry, revision, last_valid: None });
        }
        let last_valid = replaced.iter().rev().find_map(|entry| {
            let compiled = self.compiled(&declaration, entry);
            compiled.problems.is_empty().then_some(compiled.route).flatten().map(Arc::new)
        });
        let quarantine = Some(Box::new(QuarantinedRevision { problems, last_valid: None }));
        Some(Built { position, entry, revision: FeatureRevision { quarantine, ..revision }, last_valid })
    }

    /// Waits until the revisions that are queued now are compiled and in effect: that of one feature, or all.
    pub(crate) async fn installed(&self, position: Option<usize>) {
        let mut changes = self.changes.subscribe();
        let added = locked(&self.writer_state).queue.added();
        while locked(&self.writer_state).queue.has_any_of(added, position) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }
}

impl SnapshotUpdate<'_> {
    /// Installs compiled revisions, unless newer ones have arrived. An invalid one affects its own feature only, which keeps its last
    /// valid route.
    pub(super) fn install_built(&mut self) {
        for built in std::mem::take(&mut self.state.built) {
            let Built { position, entry, mut revision, last_valid } = built;
            let good = revision.route.as_ref().filter(|_| revision.quarantine.is_none());
            let Finished::Newest(replaced) = self.state.queue.finish(position, &entry, good) else { continue };
            if let Some(quarantine) = &mut revision.quarantine {
                let before = self.revision(position).and_then(|before| before.last_valid().cloned());
                quarantine.last_valid = last_valid.or(replaced).or(before);
                revision.route = revision.route.or_else(|| quarantine.last_valid.clone());
                for problem in &quarantine.problems {
                    tracing::warn!(feature = %entry.feature, version = entry.version, %problem, "revision quarantined");
                }
            }
            self.set(position, revision);
        }
    }
}

/// Hooks with which tests run code before a state is compiled.
#[cfg(test)]
pub(crate) mod hook {
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex, PoisonError};

    use super::Replica;

    type Hook = Arc<dyn Fn(&Replica, u64) + Send + Sync>;

    static HOOKS: Mutex<Option<HashMap<String, Hook>>> = Mutex::new(None);

    /// Sets a hook that is called with the version before a state of this feature is compiled. Each test uses its own feature name.
    pub(crate) fn set(feature: &str, hook: impl Fn(&Replica, u64) + Send + Sync + 'static) {
        let mut hooks = HOOKS.lock().unwrap_or_else(PoisonError::into_inner);
        hooks.get_or_insert_default().insert(feature.to_owned(), Arc::new(hook));
    }

    pub(super) fn call(replica: &Replica, feature: &str, version: u64) {
        let hooks = HOOKS.lock().unwrap_or_else(PoisonError::into_inner);
        let hook = hooks.as_ref().and_then(|hooks| hooks.get(feature).cloned());
        drop(hooks);
        if let Some(hook) = hook {
            hook(replica, version);
        }
    }
}
