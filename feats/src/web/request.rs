//! The scope of a request, as handlers use it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use axum_core::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use serde_json::Value as Json;

use super::by_name;
use super::overrides::{ActiveOverride, Overrides};
use crate::app::App;
use crate::error::Result;
use crate::model::Attributes;
use crate::registry::ImplementationName;
use crate::scope::{Scope, ScopeFuture};

/// The scope of a request, with its actor, attributes and overrides.
///
/// It is an axum extractor that returns the scope of the surrounding [`ScopeLayer`](super::ScopeLayer); other servers find it in
/// the request's extensions. Cloning is cheap.
///
/// Handlers run in the scope already. [`enter`](RequestScope::enter) and [`enter_async`](RequestScope::enter_async) are for code that
/// does not: work on another thread, spawned tasks, and the body of a response that is written after its handler has returned.
#[derive(Clone)]
pub struct RequestScope {
    request: Arc<Request>,
    scope: Scope,
}

/// The data that the scope of a request carries.
pub(super) struct Request {
    pub(super) app: App,
    /// The overrides of the layer, if it has any.
    pub(super) policy: Option<Overrides>,
    pub(super) actor: Option<String>,
    pub(super) attributes: Attributes<'static>,
    pub(super) overrides: Vec<ActiveOverride>,
}

impl RequestScope {
    pub(super) fn new(request: Request, scope: Scope) -> Self {
        let request = Arc::new(request);
        Self { scope: scope.carrying(request.clone()), request }
    }

    /// Returns the app that decides.
    pub fn app(&self) -> &App {
        &self.request.app
    }

    /// Returns the actor of the request; `None` for an anonymous one.
    pub fn actor(&self) -> Option<&str> {
        self.request.actor.as_deref()
    }

    /// Returns the attributes of the request, which decisions by name use.
    pub fn attributes(&self) -> &Attributes<'_> {
        &self.request.attributes
    }

    /// Returns the active overrides of the browser. A page should show them, so that users do not mistake their preview for what all
    /// users get. An operator's pin takes precedence over them.
    pub fn overrides(&self) -> &[ActiveOverride] {
        &self.request.overrides
    }

    /// Chooses an implementation by the feature's name, for the request's attributes. Like `create`, it records the use. Of a
    /// [flag](crate::flags), it is the variant, or `enabled`; `disabled` if the flag is disabled for the request.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is no such feature or flag. The error suggests the closest name.
    pub fn feature(&self, name: &str) -> Result<ImplementationName> {
        self.enter(|| by_name::feature(self.app(), self.attributes(), name))
    }

    /// Returns `true` if a boolean feature is on or a [flag](crate::flags) is enabled, by its name, for the request's attributes. Like
    /// `is_enabled`, it records the use.
    ///
    /// # Errors
    /// - [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is no such feature or flag.
    /// - [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if it is a feature that is not a boolean.
    /// - [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if the decision is its default, and only code can compute that.
    pub fn enabled(&self, name: &str) -> Result<bool> {
        self.enter(|| by_name::enabled(self.app(), self.attributes(), name))
    }

    /// Returns the value of the variant of a [flag](crate::flags), by its name, for the request's attributes. Records the use. `None`
    /// if the flag is disabled for the request, or has no variants.
    ///
    /// # Errors
    /// - [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is no such flag.
    /// - [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if it is a feature, which has no values.
    pub fn feature_value(&self, name: &str) -> Result<Option<Json>> {
        self.enter(|| by_name::value(self.app(), self.attributes(), name))
    }

    /// Returns the scope itself. [`Scope::without_overrides`] shows what other users get.
    pub fn scope(&self) -> Scope {
        self.scope.clone()
    }

    /// Runs a closure in the request's scope, on the current thread.
    ///
    /// ```
    /// # async fn page(feats: feats::web::RequestScope) {
    /// tokio::task::spawn_blocking(move || feats.enter(|| { /* same decisions as in the handler */ }));
    /// # }
    /// ```
    pub fn enter<R>(&self, run: impl FnOnce() -> R) -> R {
        self.scope.enter(run)
    }

    /// Runs a future in the request's scope, on every thread that polls it.
    pub fn enter_async<F: Future>(&self, future: F) -> ScopeFuture<F> {
        self.scope.enter_async(future)
    }
}

impl Overrides {
    /// Like [`verify`](Self::verify), for a service that may be inside of the site's [`ScopeLayer`](super::ScopeLayer). If that
    /// layer has the same overrides, this returns its result, so that a rejected cookie is counted once.
    pub fn verify_request(&self, parts: &Parts, app: &App, actor: Option<&str>) -> Vec<ActiveOverride> {
        let is_verified =
            |feats: &&RequestScope| feats.request.policy.as_ref().is_some_and(|policy| policy.is_same(self));
        match parts.extensions.get::<RequestScope>().filter(is_verified) {
            Some(feats) => feats.overrides().to_vec(),
            None => self.verify(&parts.headers, app, actor),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for RequestScope {
    /// The response outside of a [`ScopeLayer`](super::ScopeLayer). Only a mistake in the program causes it, never a browser.
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let feats = parts.extensions.get::<Self>().cloned();
        feats.ok_or((StatusCode::INTERNAL_SERVER_ERROR, "this route is not inside of a feats::web::ScopeLayer"))
    }
}

impl fmt::Debug for RequestScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestScope").field("overrides", &self.overrides()).finish_non_exhaustive()
    }
}
