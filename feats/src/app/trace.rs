//! Traces of decisions: by the current state, and by the state that a change would publish.

use std::sync::Arc;

use feats_core::__private::trace_with_observer;
use feats_core::__private::{AssignmentObserver, Experiment, PriorAssignment};

use super::change::Change;
use super::handle::FeatureHandle;
use super::publish::prepare;
use crate::compile::{Route, Stage};
use crate::error::Result;
use crate::evaluate::Reason;
use crate::explain::{Trace, TraceContext};
use crate::model::{Attributes, State, Value};
use crate::registry::FeatureKey;
use crate::runtime::{FeatureRevision, History, NamedAttributes, SubjectSource, WaitPolicy};

impl<T: FeatureKey> FeatureHandle<T> {
    /// Explains the current decision for a subject step by step. Neither waits nor records.
    ///
    /// The trace covers the state that the app has from its store. Pinned snapshots and overrides of scopes, and choices of
    /// tests, are ignored.
    ///
    /// ```standalone_crate
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// use feats::model::{Declaration, ValueKind};
    /// let fee = Declaration::new("Fee", ["acme", "premium"]).segment("Country", ValueKind::Text);
    /// let app = feats::App::builder().store(feats::store::Memory::new()).declare(fee).detached().start().await?;
    /// let fee = app.feature_named("Fee")?;
    /// let state = r#"{"rules": [{"name": "Canada", "when": {"segment": "Country", "in": ["CA"]},
    ///                            "select": {"static": "premium"}}]}"#;
    /// fee.edit().replace(state.parse()?).publish().await?;
    ///
    /// let trace = fee.trace(&feats::attributes! { "Country" => "US" });
    /// assert_eq!(trace.choice, "acme");
    /// let lines: Vec<String> = feats::describe::trace(&trace).iter().map(ToString::to_string).collect();
    /// assert_eq!(lines, ["Canada: did not match. Country is CA: no, it is US.", "Default: serves acme."]);
    /// # Ok(()) }
    /// ```
    pub fn trace(&self, attributes: &Attributes<'_>) -> Trace {
        let revision = self.current_revision();
        let route = revision.as_ref().and_then(|revision| revision.route.as_deref());
        let newest = revision.as_deref().filter(|revision| revision.quarantine.is_none());
        let state = newest.and_then(|revision| revision.to_entry()?.decode().ok());
        let state = state.map(|revision| revision.state());
        let reason = match revision.as_deref() {
            Some(FeatureRevision { removed: false, .. }) => Reason::Quarantined,
            _ => Reason::NoState,
        };
        self.trace_by(route, state.as_ref(), reason, attributes)
    }

    /// Traces a route; without one, the default with the given reason.
    fn trace_by(
        &self,
        route: Option<&Route>,
        state: Option<&State>,
        reason: Reason,
        attributes: &Attributes<'_>,
    ) -> Trace {
        let (app, declaration) = (self.app(), self.declaration());
        let Some(route) = route else { return Trace::without_state(declaration, reason, app.now()) };
        let decisive = state.map(|state| state.decisive(declaration));
        let context = TraceContext { declaration, attributes: &app.0.replica.attributes, state: decisive.as_deref() };
        let source = NamedAttributes { attributes, shared: None, segments: &declaration.segments };
        let observer = InMemoryObserver(app.snapshot_cell().history());
        source.with_subject(route, |subject| {
            trace_with_observer(route, context, subject, app.now(), fastrand::u64(..), &observer)
        })
    }
}

impl<T: FeatureKey> Change<T> {
    /// Explains step by step the decision that a subject would get if this change were published now. Writes nothing and needs
    /// no confirmation.
    ///
    /// # Errors
    /// The errors of [`publish`](Self::publish), except for missing confirmations.
    pub async fn trace(&self, attributes: &Attributes<'_>) -> Result<Trace> {
        let feature = &self.request.feature;
        let prepared = prepare(&self.request).await?;
        if prepared.state().is_none() {
            return Ok(feature.trace_by(None, None, Reason::NoState, attributes));
        }
        let owned = feature.clone();
        let compiled = feature.app().compute(true, move || {
            let (version, route) = (prepared.version(), prepared.route.clone());
            let state = prepared.into_state();
            if let Some(route) = route {
                return Ok((state, Some(route), true));
            }
            let compiled = owned.app().0.replica.compile(owned.declaration(), &state, Stage::Stored, version);
            Ok((state, compiled.route.map(Arc::new), compiled.problems.is_empty()))
        });
        let (state, route, is_valid) = compiled.await?;
        match &route {
            Some(route) => {
                Ok(feature.trace_by(Some(route), is_valid.then_some(&state), Reason::Quarantined, attributes))
            }
            // A quarantined state stays quarantined when its pin is removed: the last valid revision decides.
            None => {
                let last_valid = self.request.seen.as_deref().and_then(FeatureRevision::last_valid).map(Arc::as_ref);
                Ok(feature.trace_by(last_valid, None, Reason::Quarantined, attributes))
            }
        }
    }
}

/// Answers from the assignments in memory, without waiting, and records nothing.
struct InMemoryObserver<'a>(&'a Arc<dyn History>);

impl AssignmentObserver for InMemoryObserver<'_> {
    fn prior_assignment(&self, experiment: &Arc<Experiment>, unit: &Value<'_>) -> PriorAssignment {
        self.0.prior_assignment(experiment, unit, WaitPolicy::None)
    }

    fn on_assigned(&self, _: &Arc<Experiment>, _: &Value<'_>, _: u16, _: bool) {}
}
