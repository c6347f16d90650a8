//! Traces of what stands, and of what a change would make of it.

use std::sync::Arc;

use feats_core::__private::trace_before;
use feats_core::__private::{AssignmentObserver, Experiment, PriorAssignment};

use super::change::Change;
use super::handle::FeatureHandle;
use super::publish::prepare;
use crate::compile::{Route, Stage};
use crate::error::Result;
use crate::evaluate::Reason;
use crate::explain::{Trace, TraceContext};
use crate::model::{self, Attributes, State, Value};
use crate::registry::FeatureKey;
use crate::runtime::{FeatureRevision, History, WaitPolicy};

impl<T: FeatureKey> FeatureHandle<T> {
    /// Why a subject gets what it gets now, step by step. Neither waits nor records.
    ///
    /// This is about what the app has from its store: what a scope pins and what a test says are left out.
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
    /// let told: Vec<String> = feats::describe::trace(&trace).iter().map(ToString::to_string).collect();
    /// assert_eq!(told, ["Canada: does not hold. Country is CA: no, it is US.", "Default: gives acme."]);
    /// # Ok(()) }
    /// ```
    pub fn trace(&self, attributes: &Attributes<'_>) -> Trace {
        let standing = self.current_revision();
        let route = standing.as_ref().and_then(|standing| standing.route.as_deref());
        let newest = standing.as_deref().filter(|standing| standing.quarantine.is_none());
        let state = newest.and_then(|standing| standing.to_entry()?.decode().ok());
        let state = state.map(|revision| revision.state());
        let reason = match standing.as_deref() {
            Some(FeatureRevision { removed: false, .. }) => Reason::Quarantined,
            _ => Reason::NoState,
        };
        self.trace_by(route, state.as_ref(), reason, attributes)
    }

    /// Without a route, it is the default, for a reason.
    fn trace_by(
        &self,
        route: Option<&Route>,
        state: Option<&State>,
        reason: Reason,
        attributes: &Attributes<'_>,
    ) -> Trace {
        let (app, declaration) = (self.app(), self.declaration());
        let Some(route) = route else { return Trace::without_state(declaration, reason, app.now()) };
        let legend = TraceContext { declaration, attributes: &app.0.replica.attributes, state };
        let subject = model::Named { attributes, segments: &declaration.segments };
        let witness = Remembering(app.live().history());
        trace_before(route, legend, &subject, app.now(), fastrand::u64(..), &witness)
    }
}

impl<T: FeatureKey> Change<T> {
    /// Why a subject would get what it gets, if this were published now. Writes nothing, and needs no consent.
    ///
    /// # Errors
    /// As [`publish`](Self::publish), except for the consents.
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
        let (state, route, usable) = compiled.await?;
        match &route {
            Some(route) => Ok(feature.trace_by(Some(route), usable.then_some(&state), Reason::Quarantined, attributes)),
            // A state that nobody can use stays so without its pin: what was good before decides.
            None => {
                let last_good = self.request.seen.as_deref().and_then(FeatureRevision::last_good).map(Arc::as_ref);
                Ok(feature.trace_by(last_good, None, Reason::Quarantined, attributes))
            }
        }
    }
}

/// Asks what is in memory of units' past, and does not wait.
struct Remembering<'a>(&'a Arc<dyn History>);

impl AssignmentObserver for Remembering<'_> {
    fn prior_assignment(&self, experiment: &Arc<Experiment>, unit: &Value<'_>) -> PriorAssignment {
        self.0.prior_assignment(experiment, unit, WaitPolicy::None)
    }

    fn on_assigned(&self, _: &Arc<Experiment>, _: &Value<'_>, _: u16, _: bool) {}
}
