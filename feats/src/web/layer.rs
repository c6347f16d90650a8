//! The layer: begins a scope for each request and keeps it around everything that handles it.

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

/// Gives every request one snapshot and one instant: all its decisions agree, whatever is published meanwhile.
///
/// What is around it (a layer that finds out who is logged in, say) has done its work before, and can leave it in the
/// request's extensions for [`actor`](ScopeLayer::actor) to find. What is within it is in the scope: other layers,
/// extractors, the handler and all it awaits, on every thread that polls it. A task that is spawned is not, unless it goes
/// through [`in_current_scope`](crate::in_current_scope) or [`Feats::run`].
///
/// **A body that is written after its handler has returned is not in the scope**: a stream of events can live for hours, and
/// an operator's pin has to reach it. Code that makes such a body decides by what the app knows at that moment, or
/// takes [`Feats`] along.
///
/// A response to a browser that [overrides](Overrides) something is marked `private, no-store`, because no cache that others
/// share may keep what is meant for one.
///
/// ```
/// # use feats::web::{Feats, Overrides, ScopeLayer};
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
/// async fn page(feats: Feats) -> String {
///     format!("{} sees {} overrides", feats.actor().unwrap_or("somebody"), feats.overrides().len())
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

/// A service within a [`ScopeLayer`].
#[derive(Clone, Debug)]
pub struct ScopeService<S> {
    inner: S,
    layer: Arc<ScopeLayer>,
}

/// The response of a [`ScopeService`], in the scope of its request.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is polled"]
pub struct RequestFuture<F> {
    response: ScopeFuture<F>,
    /// Whether the browser overrides something.
    overridden: bool,
}

impl ScopeLayer {
    /// Scopes of an app, for requests that are anonymous and override nothing.
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), actor: None, attributes: None, overrides: None }
    }

    /// Says who makes a request; `None` for somebody anonymous.
    ///
    /// It decides whose overrides hold, so let it answer only with what was authenticated.
    #[must_use]
    pub fn actor(mut self, actor: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static) -> Self {
        self.actor = Some(Arc::new(actor));
        self
    }

    /// Says what decisions by name know of a request: templates, and [`Feats::feature`].
    #[must_use]
    pub fn attributes(mut self, attributes: impl Fn(&Parts) -> Attributes<'static> + Send + Sync + 'static) -> Self {
        self.attributes = Some(Arc::new(attributes));
        self
    }

    /// Reads the overrides of each browser. Without this no cookie is looked at.
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
                // It was found to be this feature's, and the feature to be this app's.
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
