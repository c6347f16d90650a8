//! The layer, which starts a scope for each request and handles the request in it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::header::{CACHE_CONTROL, HeaderValue};
use http::request::Parts;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use super::overrides::Overrides;
use super::request::{self, RequestScope};
use crate::app::App;
use crate::model::Attributes;
use crate::scope::ScopeFuture;

/// A tower layer that handles every request in its own scope: one snapshot and one time, so all decisions of a request agree even
/// if an operator publishes meanwhile.
///
/// Outer layers run before the scope starts. A layer that authenticates the user can store the result in the request's
/// extensions, where [`actor`](ScopeLayer::actor) finds it. Inner layers, extractors, the handler and everything that it awaits run
/// in the scope, on every thread that polls them. A spawned task does not, unless it uses
/// [`in_current_scope`](crate::in_current_scope) or [`RequestScope::enter_async`].
///
/// **A body that is written after its handler has returned is not in the scope**: a stream of events can last for hours, and an
/// operator's pin must reach it. Code that writes such a body uses the current snapshot of the app, or a copy of the
/// [`RequestScope`].
///
/// A response to a browser with active [overrides](Overrides) is marked `private, no-store`, so that shared caches do not store it.
///
/// ```
/// # use feats::web::{RequestScope, Overrides, ScopeLayer};
/// # #[derive(Clone)] struct Session { user: String, country: String }
/// # fn router(app: feats::App, overrides: Overrides) -> axum::Router {
/// let scope = ScopeLayer::new(&app)
///     .actor(|parts| Some(parts.extensions.get::<Session>()?.user.clone()))
///     .attributes(|parts| match parts.extensions.get::<Session>() {
///         Some(session) => feats::attributes! { "Country" => session.country.clone() },
///         None => feats::Attributes::new(),
///     })
///     .overrides(overrides);
///
/// async fn page(feats: RequestScope) -> String {
///     format!("{} sees {} overrides", feats.actor().unwrap_or("anonymous"), feats.overrides().len())
/// }
/// axum::Router::new().route("/", axum::routing::get(page)).layer(scope)
/// # }
/// ```
#[derive(Clone)]
pub struct ScopeLayer {
    app: App,
    actor: Option<Arc<ActorHook>>,
    attributes: Option<Arc<AttributesHook>>,
    overrides: Option<Overrides>,
}

type ActorHook = dyn Fn(&Parts) -> Option<String> + Send + Sync;
type AttributesHook = dyn Fn(&Parts) -> Attributes<'static> + Send + Sync;

/// The service of a [`ScopeLayer`].
#[derive(Clone, Debug)]
pub struct ScopeService<S> {
    inner: S,
    layer: Arc<ScopeLayer>,
}

/// The response future of a [`ScopeService`], which runs in the scope of its request.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is polled"]
pub struct RequestFuture<F> {
    response: ScopeFuture<F>,
    /// `true` if the browser has active overrides.
    overridden: bool,
}

impl ScopeLayer {
    /// Creates a layer for an app. Without further settings, requests are anonymous and have no overrides.
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), actor: None, attributes: None, overrides: None }
    }

    /// Sets the function that returns the actor of a request; `None` for an anonymous one.
    ///
    /// Overrides apply to an actor, so return only an authenticated one.
    #[must_use]
    pub fn actor(mut self, actor: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static) -> Self {
        self.actor = Some(Arc::new(actor));
        self
    }

    /// Sets the function that returns the attributes of a request. Decisions by name use them: those of templates, and
    /// [`RequestScope::feature`].
    #[must_use]
    pub fn attributes(mut self, attributes: impl Fn(&Parts) -> Attributes<'static> + Send + Sync + 'static) -> Self {
        self.attributes = Some(Arc::new(attributes));
        self
    }

    /// Applies the overrides of each browser. Without this, cookies are not read.
    #[must_use]
    pub fn overrides(mut self, overrides: Overrides) -> Self {
        self.overrides = Some(overrides);
        self
    }

    fn begin(&self, parts: &Parts) -> RequestScope {
        let mut scope = self.app.scope();
        let actor = self.actor.as_ref().and_then(|actor| actor(parts));
        let attributes = self.attributes.as_ref().map_or_else(Attributes::new, |attributes| attributes(parts));
        let mut overrides = Vec::new();
        if let Some(policy) = &self.overrides {
            for (active, feature) in policy.resolve(&parts.headers, &self.app, actor.as_deref()) {
                // `resolve` has checked the feature and the implementation.
                if let Ok(overriding) = scope.clone().with_override(&feature, active.implementation.as_str()) {
                    scope = overriding;
                    overrides.push(active);
                }
            }
        }
        let (app, policy) = (self.app.clone(), self.overrides.clone());
        RequestScope::new(request::Request { app, policy, actor, attributes, overrides }, scope)
    }
}

impl<S> Layer<S> for ScopeLayer {
    type Service = ScopeService<S>;

    fn layer(&self, inner: S) -> ScopeService<S> {
        ScopeService { inner, layer: Arc::new(self.clone()) }
    }
}

impl<S, B, R> Service<Request<B>> for ScopeService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RequestFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let feats = self.layer.begin(&parts);
        parts.extensions.insert(feats.clone());
        let handling = feats.enter(|| self.inner.call(Request::from_parts(parts, body)));
        RequestFuture { response: feats.enter_async(handling), overridden: !feats.overrides().is_empty() }
    }
}

impl<F, R, E> Future for RequestFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut response = ready!(Pin::new(&mut self.response).poll(context));
        if let (Ok(response), true) = (&mut response, self.overridden) {
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        }
        Poll::Ready(response)
    }
}

impl fmt::Debug for ScopeLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopeLayer").field("app", &self.app).field("overrides", &self.overrides).finish_non_exhaustive()
    }
}
