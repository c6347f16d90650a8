//! Overrides for a scope, by feature and implementation.

use super::handle::FeatureHandle;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::registry::FeatureKey;
use crate::scope::{Scope, ScopeChoice};

impl Scope {
    /// Returns the scope with an override: within it, the feature gives this implementation to every subject. For example, to
    /// show a developer an implementation in their own browser.
    ///
    /// A choice of a test and an operator's pin take precedence over the override; the override takes precedence over the
    /// rest of the state. The [`Reason`](crate::Reason) is `Override`, and using the implementation is not an exposure. The
    /// override also applies to nested scopes of the same app, unless they are
    /// [without overrides](Scope::without_overrides).
    ///
    /// ```standalone_crate
    /// # use feats::Reason;
    /// # #[feats::feature] pub trait Fee {
    /// #     #[default] fn acme() -> u32 { 2 }
    /// #     fn premium() -> u32 { 4 }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// # let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
    /// let fee = app.feature::<Fee>();
    /// app.scope().with_override(&fee, Fee::Premium)?.enter(|| {
    ///     assert_eq!(Fee::create(), 4);
    ///     assert_eq!(Fee::explain().reason(), Reason::Override);
    /// });
    /// # Ok(()) }
    /// ```
    ///
    /// The choice for a [flag](crate::flags) is one of its variants, `enabled` or `disabled`. It also applies while the flag is
    /// disabled or archived, and in snapshots in which the flag has the variant.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if the feature does not have the implementation, or belongs to another app.
    pub fn with_override<T: FeatureKey>(
        self,
        feature: &FeatureHandle<T>,
        choice: impl Into<T::Choice>,
    ) -> Result<Self> {
        let choice = choice.into();
        feature
            .check_choice(choice.as_ref())
            .map_err(|problem| Error::invalid(vec![problem]).with_feature(feature.name()))?;
        let declaration = feature.declaration();
        let choice = match (declaration.position(choice.as_ref()), &declaration.location) {
            (Some(position), Some(_)) => ScopeChoice::Declared(position),
            // A flag without a state does not exist.
            (position, _) => ScopeChoice::Named(choice.as_ref().into(), position.filter(|_| !declaration.flag)),
        };
        self.with_choice(feature.app().snapshot_cell(), feature.position(), choice).ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "the scope belongs to another app").with_feature(feature.name())
        })
    }
}

impl<T: FeatureKey> FeatureHandle<T> {
    /// Checks that the feature has a choice: an implementation, or a value of the state that decides.
    ///
    /// # Errors
    /// A problem at `implementation`, which suggests a similar name.
    pub(crate) fn check_choice(&self, name: &str) -> Result<(), Problem> {
        let choices = self.current_choices();
        if choices.position(name).is_some() {
            return Ok(());
        }
        let message = match self.declaration().flag {
            true => "the flag has no variant of this name",
            false => "the feature has no implementation of this name",
        };
        Err(Problem::new("implementation", message).with_known_names(name, choices.names()))
    }
}
