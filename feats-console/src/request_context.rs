//! The context of a request: who sends it, and what they may see.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use feats::model::Declaration;
use feats::web::{ActiveOverride, Overrides, RequestScope};
use feats::{App, Dynamic, FeatureHandle};

use super::access::{Action, Actor};
use super::failure::Failure;
use super::settings::Console;
use super::state::ConsoleState;

/// Whether the sender of a request may write anything at all: what is known before a body is read.
#[derive(Clone, Copy)]
pub(super) struct MayWrite(pub(super) bool);

/// One request to a console.
pub(super) struct RequestContext {
    pub(super) console: Arc<ConsoleState>,
    pub(super) actor: Actor,
    pub(super) browser: Browser,
    /// Whether a page that is there already asks for a part of itself.
    pub(super) is_step: bool,
}

/// The visitor's browser, as the site knows it.
pub(super) struct Browser {
    /// Who it belongs to there.
    pub(super) actor: Option<String>,
    /// What it alone is shown.
    pub(super) overrides: Vec<ActiveOverride>,
}

impl Browser {
    fn new(parts: &Parts, console: &ConsoleState, actor: &Actor) -> Self {
        let on_site = parts.extensions.get::<RequestScope>();
        let actor = on_site.map_or_else(|| actor.name(), RequestScope::actor).map(str::to_owned);
        let read = |overrides: &Overrides| overrides.verify_request(parts, &console.app, actor.as_deref());
        let overrides = console.settings.overrides.as_ref().map(read).unwrap_or_default();
        Self { actor, overrides }
    }
}

impl RequestContext {
    pub(super) fn app(&self) -> &App {
        &self.console.app
    }

    pub(super) fn settings(&self) -> &Console {
        &self.console.settings
    }

    /// Whether the visitor may do something, with one feature or in general.
    pub(super) fn may(&self, action: Action, feature: Option<&str>) -> bool {
        self.actor.may(action, feature, self.settings().authorize.as_deref())
    }

    /// Whether there is a feature that the visitor may do something with, but look.
    fn may_write(&self) -> bool {
        let may = |feature: Option<&str>| {
            let writes = [Action::Publish, Action::Pin, Action::Override, Action::Remove];
            writes.into_iter().any(|action| self.may(action, feature))
        };
        // The role alone says no to most, and the application is asked for every feature only if it says no in general.
        self.actor.may(Action::Publish, None, None)
            && self.may(Action::View, None)
            && (may(None) || self.app().declarations().iter().any(|feature| may(Some(&feature.name))))
    }

    /// Goes on only if the visitor may do something.
    pub(super) fn require(&self, action: Action, feature: Option<&str>) -> Result<(), Failure> {
        if self.may(action, feature) { Ok(()) } else { Err(Failure::Denied) }
    }

    /// The features that the visitor may see, sorted by name.
    pub(super) fn declarations(&self) -> Vec<Arc<Declaration>> {
        let mut declarations = self.app().declarations();
        declarations.retain(|feature| self.may(Action::View, Some(&feature.name)));
        declarations
    }

    /// The overrides of the site, if the visitor may use them for a feature.
    pub(super) fn overrides(&self, feature: &str) -> Option<&Overrides> {
        let overrides = self.settings().overrides.as_ref()?;
        let may = self.may(Action::Override, Some(feature)) && overrides.allows(self.browser.actor.as_deref(), feature);
        may.then_some(overrides)
    }

    /// A feature, to do something with it. One that the visitor may not see is told like one that does not exist.
    pub(super) fn feature(&self, name: &str, action: Action) -> Result<FeatureHandle<Dynamic>, Failure> {
        self.require(Action::View, None)?;
        let feature = self.app().find_feature(name).filter(|_| self.may(Action::View, Some(name)));
        let feature = feature.ok_or(Failure::FeatureNotFound)?;
        self.require(action, Some(name))?;
        Ok(feature)
    }
}

impl FromRequestParts<Arc<ConsoleState>> for RequestContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<ConsoleState>) -> Result<Self, Infallible> {
        let actor = console.settings.actor.as_ref().and_then(|actor| actor(parts));
        let actor = actor.unwrap_or_else(Actor::anonymous);
        let browser = Browser::new(parts, console, &actor);
        let is_step = parts.headers.contains_key("hx-request");
        let context = Self { console: Arc::clone(console), actor, browser, is_step };
        if !parts.method.is_safe() {
            parts.extensions.insert(MayWrite(context.may_write()));
        }
        Ok(context)
    }
}
