//! Evaluations: the decisions of all features for one subject.

use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::decision::{Decision, choice_name, rule_name};
use super::running::App;
use crate::model::{Attributes, Declaration};
use crate::registry::{Feature, ImplementationName};
use crate::scope::{Purpose, in_one_snapshot};

/// The decisions of all features for one subject, sorted by feature name. Returned by [`App::evaluate_all`].
///
/// As JSON, it is an object with one [`Decision`] for each feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluations(Vec<(Arc<Declaration>, Decision<ImplementationName>)>);

impl App {
    /// Decides for every feature by one snapshot, with reasons. Records nothing.
    ///
    /// This is the preselection of feats.py: a client gets all choices at once, and reports the ones that it uses with
    /// `used_implementation`.
    ///
    /// ```standalone_crate
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// # pub struct User { pub country: String }
    /// # #[feats::segment] pub trait Country { fn user(user: &User) -> &str { &user.country } }
    /// # #[feats::feature] pub trait Fee {
    /// #     #[default] fn acme(_user: &User) -> u32 { 2 }
    /// #     fn premium(_user: &User) -> u32 { 4 }
    /// # }
    /// let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
    /// app.feature::<Fee>().edit().rule("Canada", Country::is("CA"), Fee::Premium).publish().await?;
    ///
    /// let user = User { country: "CA".into() };
    /// let evaluations = app.evaluate_all(&app.attributes(&user));
    /// for (feature, decision) in evaluations.iter() {
    ///     println!("{feature}: {} ({})", decision.value(), decision.reason());
    /// }
    /// assert_eq!(evaluations.get("Fee").and_then(|decision| decision.rule()), Some("Canada"));
    ///
    /// // Later, when the client uses it:
    /// if let Some(fee) = evaluations.implementation::<Fee>() {
    ///     app.enter(|| Fee::used_implementation(fee, &user));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn evaluate_all(&self, attributes: &Attributes<'_>) -> Evaluations {
        let declarations = self.positioned_declarations();
        let decide = |(position, declaration): (usize, Arc<Declaration>)| {
            let decision = self.observe(position, &declaration, attributes, &Purpose::Explain, |outcome, revision| {
                let name = ImplementationName::from(choice_name(&declaration, revision.map(Arc::as_ref), outcome));
                Decision::new(name, outcome, rule_name(outcome, revision))
            });
            (declaration, decision)
        };
        Evaluations(in_one_snapshot(self.snapshot_cell(), || declarations.into_iter().map(decide).collect()))
    }
}

impl Evaluations {
    /// Returns the decision for the feature of this name.
    pub fn get(&self, feature: &str) -> Option<&Decision<ImplementationName>> {
        let index = self.0.binary_search_by(|(known, _)| (*known.name).cmp(feature)).ok()?;
        self.0.get(index).map(|(_, decision)| decision)
    }

    /// Returns the implementation of a feature by its type, for use with `used_implementation`.
    pub fn implementation<F: Feature>(&self) -> Option<F> {
        let decision = self.get(F::NAME)?;
        F::ALL.iter().copied().find(|known| decision.name() == known.as_ref())
    }

    /// Returns all features with their decisions, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Decision<ImplementationName>)> {
        self.0.iter().map(|(declaration, decision)| (&*declaration.name, decision))
    }

    /// Returns the number of features.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns `true` if there are no features.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Evaluations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        self.iter().try_for_each(|(feature, decision)| map.serialize_entry(feature, decision))?;
        map.end()
    }
}
