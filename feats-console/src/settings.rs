//! What an application says of its console.

use std::fmt;

use axum::http::request::Parts;
use feats::web::Overrides;

use super::access::{Action, Actor, Authorize};

/// How a console is set up.
///
/// What is not said is denied: without [`actor_from`](Self::actor_from) everybody may look and nobody may write.
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
    /// A console that everybody may look at.
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

    /// Says who sends a request, from what the program's own middleware put into it. `None` is somebody anonymous, who may
    /// look; [`authorize`](Self::authorize) can forbid that too.
    #[must_use]
    pub fn actor_from<A: Into<Actor>>(mut self, actor: impl Fn(&Parts) -> Option<A> + Send + Sync + 'static) -> Self {
        self.actor = Some(Box::new(move |parts| actor(parts).map(Into::into)));
        self
    }

    /// Has the last word on every action, with one feature or (`None`) with the console as a whole. It can take away what
    /// a role gives, not add to it. A feature that somebody may not [view](Action::View) does not exist for them.
    #[must_use]
    pub fn authorize(
        mut self,
        authorize: impl Fn(&Actor, Action, Option<&str>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.authorize = Some(Box::new(authorize));
        self
    }

    /// Refuses to publish without a reason.
    #[must_use]
    pub fn require_comment(mut self) -> Self {
        self.comment_required = true;
        self
    }

    /// Takes writes from another origin too, such as `https://ops.example.com`: where a proxy changes the `Host` header
    /// and browsers send no `Sec-Fetch-Site`.
    #[must_use]
    pub fn trust_origin(mut self, origin: impl Into<String>) -> Self {
        self.trusted_origins.push(origin.into());
        self
    }

    /// Lets visitors choose an implementation for their own browser, by the same overrides as the
    /// [`ScopeLayer`](feats::web::ScopeLayer) of the site. They are for the actor whom that layer names; where the console
    /// is not within it, for the console's own actor, who then has to have the same name on the site.
    #[must_use]
    pub fn overrides(mut self, overrides: Overrides) -> Self {
        self.overrides = Some(overrides);
        self
    }

    /// After how many days without use, or with one answer for everyone, a feature is shown as stale; 30 if not set.
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
