//! What a handler can know of its request's scope.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use axum_core::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;

use super::by_name;
use super::overrides::{ActiveOverride, Overrides};
use crate::app::App;
use crate::error::Result;
use crate::model::Attributes;
use crate::registry::ImplementationName;
use crate::scope::{Scope, ScopeFuture};

/// A request as feats sees it: its scope, who makes it, and what its browser overrides.
///
/// As an extractor of axum it is what the [`ScopeLayer`](super::ScopeLayer) around the handler began; other servers find
/// it among the request's extensions. Cloning is cheap.
///
/// Handlers are in the scope already. [`enter`](Feats::enter) and [`run`](Feats::run) are for what is not: work on another
/// thread, spawned tasks, and the body of a response that is written after its handler has returned.
#[derive(Clone)]
pub struct RequestScope {
    request: Arc<Request>,
    scope: Scope,
}

/// What the scope of a request carries.
pub(super) struct Request {
    pub(super) app: App,
    /// The overrides that were read, if any are.
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

    /// The app that decides.
    pub fn app(&self) -> &App {
        &self.request.app
    }

    /// Who makes the request; `None` for somebody anonymous.
    pub fn actor(&self) -> Option<&str> {
        self.request.actor.as_deref()
    }

    /// What decisions by name know of the request.
    pub fn attributes(&self) -> &Attributes<'_> {
        &self.request.attributes
    }

    /// The overrides of this browser that hold for the request: what a page should show, so that nobody takes the own
    /// preview for what everyone gets. A feature that an operator has pinned is pinned here too.
    pub fn overrides(&self) -> &[ActiveOverride] {
        &self.request.overrides
    }

    /// Chooses an implementation by the feature's name, over the request's attributes. Like `create`, it records the use.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), with the name that was probably meant.
    pub fn feature(&self, name: &str) -> Result<ImplementationName> {
        self.enter(|| by_name::feature(self.app(), self.attributes(), name))
    }

    /// Whether a boolean feature is on, by its name and over the request's attributes. Like `is_enabled`, it records the
    /// use.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is no such feature, `Invalid` if it is no boolean, and
    /// `Unsupported` if it gives its own default, and that takes more than `true` or `false` to say.
    pub fn enabled(&self, name: &str) -> Result<bool> {
        self.enter(|| by_name::enabled(self.app(), self.attributes(), name))
    }

    /// The request's scope; [without overrides](Scope::without_overrides), for what shows what everybody else is given.
    pub fn scope(&self) -> Scope {
        self.scope.clone()
    }

    /// Runs a closure in the request's scope, on whichever thread it is called.
    ///
    /// ```
    /// # async fn page(feats: feats::web::Feats) {
    /// tokio::task::spawn_blocking(move || feats.enter(|| { /* decides as the handler does */ }));
    /// # }
    /// ```
    pub fn enter<R>(&self, run: impl FnOnce() -> R) -> R {
        self.scope.enter(run)
    }

    /// Runs a future in the request's scope, on whichever threads it is polled.
    pub fn enter_async<F: Future>(&self, future: F) -> ScopeFuture<F> {
        self.scope.enter_async(future)
    }
}

impl Overrides {
    /// Like [`read`](Self::read), for a service that may be within the site's [`ScopeLayer`](super::ScopeLayer). If that layer
    /// has the same overrides, this returns what it has read, so that an ignored cookie is counted once.
    pub fn verify_request(&self, parts: &Parts, app: &App, actor: Option<&str>) -> Vec<ActiveOverride> {
        let read_here = |feats: &&RequestScope| feats.request.policy.as_ref().is_some_and(|policy| policy.is(self));
        match parts.extensions.get::<RequestScope>().filter(read_here) {
            Some(feats) => feats.overrides().to_vec(),
            None => self.verify(&parts.headers, app, actor),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for RequestScope {
    /// Outside of a [`ScopeLayer`](super::ScopeLayer): a mistake of the program, and nothing that a browser can cause.
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let feats = parts.extensions.get::<Self>().cloned();
        feats.ok_or((StatusCode::INTERNAL_SERVER_ERROR, "this route is not within a feats::web::ScopeLayer"))
    }
}

impl fmt::Debug for RequestScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feats").field("overrides", &self.overrides()).finish_non_exhaustive()
    }
}
