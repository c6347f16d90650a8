//! Decisions: the chosen implementation and the reason, by name.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::evaluate::{Outcome, Reason};
use crate::model::Declaration;
use crate::runtime::FeatureRevision;

/// The implementation that was chosen for a subject, and the reason.
///
/// `T` is the feature's handle, or [`ImplementationName`](crate::ImplementationName) if the feature is known only by name.
///
/// ```standalone_crate
/// use feats::{App, Reason, attributes, model::{Condition, Declaration, Operator, ValueKind}};
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// let fee = Declaration::new("Fee", ["acme", "premium"]).segment("Country", ValueKind::Text);
/// let app = App::builder().declare(fee).detached().start().await?;
/// let fee = app.feature_named("Fee")?;
/// fee.edit().rule("Canada", Condition::segment("Country", Operator::Eq("CA".into())), "premium").publish().await?;
///
/// let decision = fee.explain(&attributes! { "Country" => "CA" });
/// assert_eq!((decision.name(), decision.reason()), ("premium", Reason::Rule));
/// assert_eq!((decision.rule(), decision.version()), (Some("Canada"), Some(1)));
/// # Ok(()) }
/// ```
///
/// As JSON, a decision is an object with the keys `value`, `reason`, `rule`, `version` (0 if no state decided) and `slot`.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<T> {
    value: T,
    outcome: Outcome,
    rule: Option<String>,
}

impl<T: Clone> Decision<T> {
    pub(crate) fn new(value: T, outcome: Outcome, rule: Option<String>) -> Self {
        Self { value, outcome, rule }
    }

    /// Returns the implementation.
    pub fn value(&self) -> T {
        self.value.clone()
    }

    /// Returns the name of the implementation.
    pub fn name(&self) -> &str
    where
        T: AsRef<str>,
    {
        self.value.as_ref()
    }

    /// Returns the reason in OpenFeature's terms; see [`Outcome::openfeature_reason`].
    pub fn openfeature_reason(&self) -> &'static str {
        self.outcome.openfeature_reason()
    }

    /// Returns the reason for the choice.
    pub fn reason(&self) -> Reason {
        self.outcome.reason
    }

    /// Returns the name of the rule that matched, if one did.
    pub fn rule(&self) -> Option<&str> {
        self.rule.as_deref()
    }

    /// Returns the version of the state that decided; `None` if no state did.
    pub fn version(&self) -> Option<u64> {
        (self.outcome.version > 0).then_some(self.outcome.version)
    }

    /// Returns the slot of the unit, from 0 to 999 999, if a rollout or an experiment decided.
    pub fn slot(&self) -> Option<u32> {
        self.outcome.slot
    }
}

/// Returns the name of the chosen implementation. A choice is a position among the choices of the revision that decided.
pub(crate) fn choice_name(declaration: &Declaration, revision: Option<&FeatureRevision>, outcome: Outcome) -> Arc<str> {
    let position = usize::from(outcome.choice);
    let name_in_revision = || revision?.route.as_ref()?.choices().name(outcome.choice);
    let declared_name = || Some(&declaration.implementations.get(position)?.name);
    name_in_revision().or_else(declared_name).cloned().unwrap_or_default()
}

/// Returns the name of the rule that matched, if one did.
pub(crate) fn rule_name(outcome: Outcome, revision: Option<&Arc<FeatureRevision>>) -> Option<String> {
    let route = revision?.route.as_ref()?;
    route.rule_name(outcome.rule?).map(str::to_owned)
}

impl<T: Serialize> Serialize for Decision<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a, T> {
            value: &'a T,
            reason: &'a str,
            rule: Option<&'a str>,
            version: u64,
            slot: Option<u32>,
        }
        let (reason, rule) = (self.outcome.reason.as_str(), self.rule.as_deref());
        Fields { value: &self.value, reason, rule, version: self.outcome.version, slot: self.outcome.slot }
            .serialize(serializer)
    }
}
