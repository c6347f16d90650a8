//! The configuration of a console.

use std::fmt;

use axum::http::request::Parts;
use feats::web::Overrides;

use super::access::{Action, Actor, Authorize};

/// The configuration of a console.
///
/// The default is read-only: without [`actor_from`](Self::actor_from), every visitor can view and none can write.
pub struct Console {
    pub(super) actor: Option<Box<ActorFrom>>,
    pub(super) authorize: Option<Box<Authorize>>,
    pub(super) comment_required: bool,
    pub(super) trusted_origins: Vec<String>,
    pub(super) stale_after: u32,
    pub(super) overrides: Option<Overrides>,
}

type ActorFrom = dyn Fn(&Parts) -> Option<Actor> + Send + Sync;

impl Console {
    /// Creates a read-only console that every visitor can view.
    pub fn new() -> Self {
        Self {
            actor: None,
            authorize: None,
            comment_required: false,
            trusted_origins: Vec::new(),
            stale_after: 30,
            overrides: None,
        }
    }

    /// Sets the function that identifies the user of a request, for example from an extension that the program's own middleware
    /// added. `None` is an anonymous user, who can view unless [`authorize`](Self::authorize) denies it.
    #[must_use]
    pub fn actor_from<A: Into<Actor>>(mut self, actor: impl Fn(&Parts) -> Option<A> + Send + Sync + 'static) -> Self {
        self.actor = Some(Box::new(move |parts| actor(parts).map(Into::into)));
        self
    }

    /// Adds a permission check to every action on one feature, or on the console as a whole (`None`). It can only restrict what a
    /// role allows. A feature that a user may not [view](Action::View) is hidden from them.
    #[must_use]
    pub fn authorize(
        mut self,
        authorize: impl Fn(&Actor, Action, Option<&str>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.authorize = Some(Box::new(authorize));
        self
    }

    /// Requires a reason for every change.
    #[must_use]
    pub fn require_comment(mut self) -> Self {
        self.comment_required = true;
        self
    }

    /// Accepts writes from another origin, such as `https://ops.example.com`. This is needed if a proxy changes the `Host` header
    /// and browsers send no `Sec-Fetch-Site`.
    #[must_use]
    pub fn trust_origin(mut self, origin: impl Into<String>) -> Self {
        self.trusted_origins.push(origin.into());
        self
    }

    /// Lets users choose an implementation for their own browser, with the overrides of the site's
    /// [`ScopeLayer`](feats::web::ScopeLayer). The overrides belong to the actor of that layer. If the console is outside the
    /// layer, they belong to the console's own actor, who must have the same name on the site.
    #[must_use]
    pub fn overrides(mut self, overrides: Overrides) -> Self {
        self.overrides = Some(overrides);
        self
    }

    /// Sets the number of days without use, or with a single implementation in use, after which a feature is shown as stale. The
    /// default is 30.
    #[must_use]
    pub fn stale_after(mut self, days: u32) -> Self {
        self.stale_after = days;
        self
    }
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("actor", &self.actor.is_some())
            .field("authorize", &self.authorize.is_some())
            .field("comment_required", &self.comment_required)
            .field("trusted_origins", &self.trusted_origins)
            .field("stale_after", &self.stale_after)
            .field("overrides", &self.overrides)
            .finish()
    }
}
