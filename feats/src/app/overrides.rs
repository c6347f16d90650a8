//! Overrides of a scope, by feature and implementation.

use super::handle::FeatureHandle;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::registry::FeatureKey;
use crate::scope::Scope;

impl Scope {
    /// The same scope, in which a feature gives this implementation to everyone: what one browser is shown, say.
    ///
    /// An operator's pin goes before it, as does what a test says; everything else that a state says comes after it. Its
    /// [`Reason`](crate::Reason) is `Override`, and using it is no exposure. It reaches the scopes of the same app
    /// within this one, too, unless they are [without](Scope::without_overrides).
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
    /// app.scope().overriding(&fee, Fee::Premium)?.enter(|| {
    ///     assert_eq!(Fee::create(), 4);
    ///     assert_eq!(Fee::explain().reason(), Reason::Override);
    /// });
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if the feature has no such implementation, or is another app's.
    pub fn with_override<T: FeatureKey>(
        self,
        feature: &FeatureHandle<T>,
        choice: impl Into<T::Choice>,
    ) -> Result<Self> {
        let choice = choice.into();
        let declaration = feature.declaration();
        let position = declaration.position(choice.as_ref()).ok_or_else(|| {
            let problem = Problem::new("implementation", "the feature has no implementation of this name");
            Error::invalid(vec![problem.listing(choice.as_ref(), declaration.names())]).with_feature(feature.name())
        })?;
        self.with_choice(feature.app().live(), feature.position(), position)
            .ok_or_else(|| Error::new(ErrorKind::Invalid, "the scope is another app's").with_feature(feature.name()))
    }
}
