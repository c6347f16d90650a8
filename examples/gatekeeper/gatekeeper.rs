//! The gatekeeper of a request, which returns the variants of flags.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use feats::flags::Flags;
use feats::model::DISABLED;
use feats::web::{Overrides, RequestScope, ScopeLayer};
use feats::{App, Attributes, Decision, ImplementationName, attributes};

use crate::flags::{IS_PHONE, USER_ID, VISITS};
use crate::visitors::{User, Visitor};

/// The gatekeeper of a request. All its answers, and those of the templates, come from one snapshot.
pub(crate) struct Gatekeeper {
    scope: RequestScope,
    flags: Flags,
}

/// The proof that the visitor is a member of staff.
#[derive(Clone, Copy)]
pub(crate) struct Staff(pub(crate) &'static User);

/// Returns the layer that starts the scope of each request: once, for its user, its session and its overrides.
pub(crate) fn layer(app: &App, overrides: &Overrides) -> ScopeLayer {
    ScopeLayer::new(app).actor(actor).attributes(attributes_of).overrides(overrides.clone())
}

fn actor(parts: &Parts) -> Option<String> {
    Some(parts.extensions.get::<Visitor>()?.user.id.to_string())
}

fn attributes_of(parts: &Parts) -> Attributes<'static> {
    let browser = parts.headers.get(USER_AGENT).and_then(|browser| browser.to_str().ok());
    let mut attributes = attributes! { IS_PHONE => browser.is_some_and(|browser| browser.contains("Mobi")) };
    if let Some(Visitor { user, visits }) = parts.extensions.get() {
        attributes.insert(USER_ID, user.id);
        attributes.insert(VISITS, *visits);
    }
    attributes
}

impl Gatekeeper {
    /// Returns the variant of a flag for this request; `None` if the flag is disabled, or does not exist. Counts the use.
    pub(crate) fn variant(&self, flag: &str) -> Option<Arc<str>> {
        self.flags.variant(flag, self.scope.attributes())
    }

    /// Returns the decision for this request; `None` if the flag does not exist. Counts no use.
    pub(crate) fn explain(&self, flag: &str) -> Option<Decision<ImplementationName>> {
        self.flags.get(flag).explain(self.scope.attributes()).ok()
    }

    /// Returns the variant that this request would get from another user. The overrides of this browser do not apply, and no use is
    /// counted.
    pub(crate) fn variant_for(&self, _: Staff, flag: &str, user_id: i64) -> Option<ImplementationName> {
        let mut attributes = self.scope.attributes().clone();
        attributes.insert(USER_ID, user_id);
        let others = self.scope.scope().without_overrides();
        let decision = others.enter(|| self.flags.get(flag).explain(&attributes)).ok()?;
        Some(decision.value()).filter(|variant| *variant != DISABLED)
    }

    /// Returns the scope of the request.
    pub(crate) fn scope(&self) -> &RequestScope {
        &self.scope
    }
}

impl<S: Sync> FromRequestParts<S> for Gatekeeper {
    type Rejection = <RequestScope as FromRequestParts<S>>::Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let scope = RequestScope::from_request_parts(parts, state).await?;
        Ok(Self { flags: scope.app().flags(), scope })
    }
}

impl<S: Sync> FromRequestParts<S> for Staff {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let visitor = parts.extensions.get::<Visitor>().filter(|visitor| visitor.user.is_staff);
        visitor.map(|visitor| Self(visitor.user)).ok_or(StatusCode::FORBIDDEN)
    }
}
