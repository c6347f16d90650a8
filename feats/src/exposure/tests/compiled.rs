//! Compiled experiments as observers of a decision receive them.

use std::cell::RefCell;
use std::sync::Arc;

use feats_core::__private::{AssignmentObserver, Experiment, PriorAssignment, evaluate_with_observer};
use serde_json::json;

use crate::compile::{Context, Stage, compile};
use crate::model::{AttributeSubject, Attributes, Declaration, State, Timestamp, Value, ValueKind};

/// An observer that keeps the experiment.
#[derive(Default)]
struct ExperimentObserver(RefCell<Option<Arc<Experiment>>>);

impl AssignmentObserver for ExperimentObserver {
    fn prior_assignment(&self, _: &Arc<Experiment>, _: &Value<'_>) -> PriorAssignment {
        PriorAssignment::Unused
    }

    fn on_assigned(&self, experiment: &Arc<Experiment>, _: &Value<'_>, _: u16, _: bool) {
        self.0.replace(Some(experiment.clone()));
    }
}

/// Builds an experiment between all implementations of a feature, in which the first one owns every slot.
pub(in crate::exposure) fn experiment(feature: &str, seed: &str, version: u64, arms: &[&str]) -> Arc<Experiment> {
    let declaration = Declaration::new(feature, arms.to_vec()).segment("UserId", ValueKind::Integer);
    let weights: serde_json::Map<_, _> =
        arms.iter().map(|arm| ((*arm).to_owned(), json!(if *arm == arms[0] { 100 } else { 0 }))).collect();
    let experiment =
        json!({ "by": "UserId", "seed": seed, "weights": weights, "slots": [[arms[0], 1_000_000, version]] });
    let state: State = json!({ "otherwise": { "experiment": experiment } }).to_string().parse().expect("a state");
    let attributes = Attributes::new();
    let context = Context { declaration: &declaration, attributes: &attributes, stage: Stage::Stored, version };
    let compiled = compile(&state, context);
    let route = compiled.route.unwrap_or_else(|| panic!("{:?}", compiled.problems));
    let subject = crate::attributes! { "UserId" => 42 };
    let subject = AttributeSubject { attributes: &subject, segments: &declaration.segments };
    let observer = ExperimentObserver::default();
    evaluate_with_observer(&route, &subject, || Timestamp::from_millis(0), || 0, &observer);
    observer.0.into_inner().expect("an experiment")
}
