//! Compiling what has arrived: outside of locks, on threads that nothing else waits for.

use std::sync::Arc;

use feats_core::__private::compile_planned;

use super::apply::SnapshotUpdate;
use super::last_valid_revision::find_last_valid;
use super::queue::{Built, Finished, Task};
use super::replica::{Replica, locked};
use crate::compile::{Compiled, Context, Route, Stage, compile};
use crate::error::{Error, Problem, Result};
use crate::model::{Declaration, Entry, State};
use crate::runtime::{FeatureRevision, Unusable};
use crate::store::Store;
use crate::tasks::{Backoff, Round, Source, catch_panic, run_blocking, supervise};

/// Compiles the revisions that an app has queued, as long as it is polled.
pub(crate) struct Compiler {
    replica: Arc<Replica>,
    store: Arc<dyn Store>,
}

impl Compiler {
    pub(crate) fn new(replica: Arc<Replica>, store: Arc<dyn Store>) -> Self {
        Self { replica, store }
    }

    /// Runs until it is dropped. Two threads compile: one large state must not delay all others.
    pub(crate) async fn run(self) {
        // What panics while a state is compiled is a problem of the state, and what a search lacks is a warning.
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

    /// Looks for what decided before, as soon as a revision turns out to be unusable.
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
    /// Compiles a state for a feature. If that panics, it is a problem of this state.
    pub(crate) fn compile(&self, declaration: &Declaration, state: &State, stage: Stage<'_>, version: u64) -> Compiled {
        let context = Context { declaration, attributes: &self.attributes, stage, version };
        caught_compile(declaration, version, || {
            #[cfg(test)]
            hook::call(self, &declaration.name, version);
            compile(state, context)
        })
    }

    /// Compiles a state whose allocation was planned, from the route that its check made. A panic is a problem of the state.
    pub(crate) fn compile_planned(
        &self,
        declaration: &Declaration,
        checked: Route,
        state: &State,
        version: u64,
    ) -> Compiled {
        let context = Context { declaration, attributes: &self.attributes, stage: Stage::Stored, version };
        caught_compile(declaration, version, || compile_planned(checked, state, context))
    }

    /// The route of a revision, and what is wrong with it. A tombstone has neither.
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

    /// Compiles queued revisions until none is left. Installing copies a list of all features, so what is finished within
    /// a short time is installed together.
    pub(super) fn compile_waiting(&self) {
        let mut next = locked(&self.writer_state).queue.take();
        while let Some(task) = next {
            let built = self.build(task);
            let mut swap = self.update();
            swap.state.built.extend(built);
            if swap.state.queue.is_taken() || swap.state.is_install_due() {
                swap.install_built();
            }
            next = swap.state.queue.take();
            swap.finish();
        }
    }

    /// Compiles one revision, and if it cannot be used those that it replaced, from the newest to the first good one.
    pub(super) fn build(&self, task: Task) -> Option<Built> {
        let Task { position, entry, replaced } = task;
        let declaration = self.declaration(position)?;
        let Compiled { route, problems } = self.compiled(&declaration, &entry);
        let standing = FeatureRevision::good(&entry, route.map(Arc::new));
        if problems.is_empty() {
            return Some(Built { position, entry, revision: standing, last_valid: None });
        }
        let last_valid = replaced.iter().rev().find_map(|entry| {
            let compiled = self.compiled(&declaration, entry);
            compiled.problems.is_empty().then_some(compiled.route).flatten().map(Arc::new)
        });
        let quarantine = Some(Box::new(Unusable { problems, last_valid: None }));
        Some(Built { position, entry, revision: FeatureRevision { quarantine, ..standing }, last_valid })
    }

    /// Waits until what has arrived by now is compiled and decides: of one feature, or of all.
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

fn caught_compile(declaration: &Declaration, version: u64, compile: impl FnOnce() -> Compiled) -> Compiled {
    catch_panic("compiling", || Ok(compile())).unwrap_or_else(|panic| {
        tracing::error!(feature = %declaration.name, version, %panic, "compiling this state failed");
        Compiled { route: None, problems: vec![Problem::new("", "compiling this state failed")] }
    })
}

impl SnapshotUpdate<'_> {
    /// Puts compiled revisions in their places, unless newer ones have arrived. One that cannot be used hurts its own feature
    /// only, which keeps its last good route.
    pub(super) fn install_built(&mut self) {
        for built in std::mem::take(&mut self.state.built) {
            let Built { position, entry, revision: mut standing, last_valid } = built;
            let good = standing.route.as_ref().filter(|_| standing.quarantine.is_none());
            let Finished::Newest(replaced) = self.state.queue.finish(position, &entry, good) else { continue };
            if let Some(quarantine) = &mut standing.quarantine {
                let before = self.revision(position).and_then(|before| before.last_valid().cloned());
                quarantine.last_valid = last_valid.or(replaced).or(before);
                standing.route = standing.route.or_else(|| quarantine.last_valid.clone());
                for problem in &quarantine.problems {
                    tracing::warn!(feature = %entry.feature, version = entry.version, %problem, "revision quarantined");
                }
            }
            self.set(position, standing);
        }
    }
}

/// What a test does before a state of a feature is compiled, in whatever app.
#[cfg(test)]
pub(crate) mod hook {
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex, PoisonError};

    use super::Replica;

    type Hook = Arc<dyn Fn(&Replica, u64) + Send + Sync>;

    static HOOKS: Mutex<Option<HashMap<String, Hook>>> = Mutex::new(None);

    /// Calls a hook with the version before a state of this feature is compiled. Its name is that of one test alone.
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
