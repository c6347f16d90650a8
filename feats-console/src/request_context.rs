//! The context of a request: its user and their permissions.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use feats::model::Declaration;
use feats::web::{ActiveOverride, Overrides, RequestScope};
use feats::{App, Dynamic, FeatureHandle};

use super::access::{Action, Actor};
use super::failure::Failure;
use super::flag;
use super::settings::Console;
use super::state::ConsoleState;

/// `true` if the user may write anything at all, as determined before the body is read.
#[derive(Clone, Copy)]
pub(super) struct MayWrite(pub(super) bool);

/// The context of one request.
pub(super) struct RequestContext {
    pub(super) console: Arc<ConsoleState>,
    pub(super) actor: Actor,
    pub(super) browser: Browser,
    /// `true` if an open page requests a part of itself.
    pub(super) is_step: bool,
}

/// The user's browser, as the site knows it.
pub(super) struct Browser {
    /// The user of the site.
    pub(super) actor: Option<String>,
    /// The overrides of this browser.
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

    /// Returns `true` if the user may take `action` on one feature, or in general if `feature` is `None`.
    pub(super) fn may(&self, action: Action, feature: Option<&str>) -> bool {
        self.actor.may(action, feature, self.settings().authorize.as_deref())
    }

    /// Returns `true` if the user may do more than view, for any feature.
    fn may_write(&self) -> bool {
        let may = |feature: Option<&str>| {
            let writes = [
                Action::Publish,
                Action::Pin,
                Action::Override,
                Action::Remove,
                Action::CreateFlag,
                Action::DestroyFlag,
            ];
            writes.into_iter().any(|action| self.may(action, feature))
        };
        // The role rejects most users, and the application is asked per feature only if it rejects the general case.
        self.actor.may(Action::Publish, None, None)
            && self.may(Action::View, None)
            && (may(None) || self.app().declarations().iter().any(|feature| may(Some(&feature.name))))
    }

    /// Returns `true` if the user may roll a feature back. For a flag that was destroyed, that is to create it.
    pub(super) fn may_roll_back(&self, feature: &FeatureHandle<Dynamic>) -> bool {
        let may = |action: Action| self.may(action, Some(feature.name()));
        may(Action::Publish) && (!flag::is_destroyed(feature) || may(Action::CreateFlag))
    }

    /// Fails unless the user may take `action`.
    pub(super) fn require(&self, action: Action, feature: Option<&str>) -> Result<(), Failure> {
        if self.may(action, feature) { Ok(()) } else { Err(Failure::Denied) }
    }

    /// Returns the features that the user may view, sorted by name.
    pub(super) fn declarations(&self) -> Vec<Arc<Declaration>> {
        let mut declarations = self.app().declarations();
        declarations.retain(|feature| self.may(Action::View, Some(&feature.name)));
        declarations
    }

    /// Returns the overrides of the site if the user may use them for a feature.
    pub(super) fn overrides(&self, feature: &str) -> Option<&Overrides> {
        let overrides = self.settings().overrides.as_ref()?;
        let may = self.may(Action::Override, Some(feature)) && overrides.allows(self.browser.actor.as_deref(), feature);
        may.then_some(overrides)
    }

    /// Returns a feature for which the user may take `action`. A feature that the user may not view is reported as missing.
    pub(super) fn feature(&self, name: &str, action: Action) -> Result<FeatureHandle<Dynamic>, Failure> {
        self.permitted(self.app().find_feature(name), name, action)
    }

    /// Like [`feature`](Self::feature), but also returns a flag that was destroyed, for its history.
    pub(super) fn feature_with_past(&self, name: &str, action: Action) -> Result<FeatureHandle<Dynamic>, Failure> {
        let destroyed = || self.app().flags().get(name).as_feature().ok().filter(flag::is_destroyed);
        self.permitted(self.app().find_feature(name).or_else(destroyed), name, action)
    }

    /// Returns a feature that was found if the user may take `action` on it.
    fn permitted(
        &self,
        found: Option<FeatureHandle<Dynamic>>,
        name: &str,
        action: Action,
    ) -> Result<FeatureHandle<Dynamic>, Failure> {
        self.require(Action::View, None)?;
        let feature = found.filter(|_| self.may(Action::View, Some(name))).ok_or(Failure::FeatureNotFound)?;
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
