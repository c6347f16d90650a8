//! Overrides: choices for one browser, in a signed cookie that expires.

mod cookie;
mod header;
mod key;
mod rejected;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use http::header::HeaderValue;

pub use key::Key;
pub use rejected::RejectedOverrides;

use self::cookie::Purpose;
use self::rejected::{Rejection, RejectionCounters};
use crate::app::{App, FeatureHandle};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::model::Timestamp;
use crate::registry::Dynamic;

/// The maximum duration of an override.
const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);
/// The maximum difference between the clocks of two servers of a site.
const MAX_CLOCK_SKEW: Duration = Duration::from_secs(60);

/// The policy and the keys for overrides, with which users choose implementations in their own browser.
///
/// An override is a choice for one feature in one browser: "show me premium, here, for two hours". It is in a cookie that is signed
/// for one app and one actor (or for anonymous users), so it cannot be forged, changed, extended, or passed to another user. The app
/// is identified by its [environment](crate::AppBuilder::environment), or without one by its
/// [store](crate::store::Store::identity). An override takes precedence over the rules of a state, but not over an operator's
/// pin. It is not an exposure: experiments record nothing.
///
/// [Flags](crate::flags) can be overridden like features: the implementation is one of the flag's variants, `enabled` or `disabled`.
/// The override also applies while the flag is disabled or archived.
///
/// **Only overrides that [`allow`](Overrides::allow) permits are valid**, when a cookie is set and each time it is read, so revoking
/// a permission ends the overrides that used it. Any other invalid cookie or override (forged, expired, malformed, too large, of
/// another user, for a feature or implementation that does not exist any more) is ignored and
/// [counted](Overrides::rejected). The rest of the cookie stays valid, and the request never fails.
///
/// Clones share the policy and the counters.
///
/// ```standalone_crate
/// use std::time::Duration;
/// use feats::web::{Key, Overrides};
/// use http::header::{COOKIE, HeaderMap};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fee = feats::model::Declaration::new("Fee", ["acme", "premium"]);
/// # let app = feats::App::builder().store(feats::store::Memory::new()).declare(fee).detached().start().await?;
/// let overrides = Overrides::new(Key::generate()?).allow(|actor, _feature| actor == Some("ada"));
///
/// // In the response to the browser that requests the override:
/// let two_hours = Duration::from_secs(2 * 60 * 60);
/// let set = overrides.set_cookie(&app, &[], Some("ada"), "Fee", "premium", two_hours)?;
///
/// // In the next request of that browser:
/// let mut headers = HeaderMap::new();
/// headers.insert(COOKIE, set.to_str()?.split(';').next().unwrap_or_default().parse()?);
/// let active = overrides.verify(&headers, &app, Some("ada"));
/// assert_eq!((active[0].feature.as_str(), active[0].implementation.as_str()), ("Fee", "premium"));
///
/// // The same cookie is not valid for another user.
/// assert!(overrides.verify(&headers, &app, Some("eve")).is_empty());
/// assert_eq!(overrides.rejected().other_actor, 1);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Overrides {
    /// The first key signs; all of them verify.
    keys: Vec<Key>,
    allow: Option<Arc<Allow>>,
    cookie: String,
    secure: bool,
    counters: Arc<RejectionCounters>,
}

type Allow = dyn Fn(Option<&str>, &str) -> bool + Send + Sync;

/// An active override of a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveOverride {
    /// The name of the feature or flag.
    pub feature: String,
    /// The name of the implementation or variant.
    pub implementation: String,
    /// The end of the override.
    pub until: Timestamp,
}

impl Overrides {
    /// Creates overrides that are signed with a key. None are allowed until [`allow`](Self::allow) is called.
    pub fn new(key: Key) -> Self {
        let (cookie, counters) = ("feats_overrides".to_owned(), Arc::default());
        Self { keys: vec![key], allow: None, cookie, secure: true, counters }
    }

    /// Also accepts cookies that are signed with another key.
    ///
    /// To rotate a key, first accept the new key on every server. Then sign with the new key, and accept the old one for a day.
    #[must_use]
    pub fn also_accept(mut self, key: Key) -> Self {
        self.keys.push(key);
        self
    }

    /// Sets the policy: a function that returns `true` if an actor may override a feature in their own browser. The actor is `None` for
    /// an anonymous user. It is called for every override of every request, so it should not do I/O.
    #[must_use]
    pub fn allow(mut self, allow: impl Fn(Option<&str>, &str) -> bool + Send + Sync + 'static) -> Self {
        self.allow = Some(Arc::new(allow));
        self
    }

    /// Sets the name of the cookie. The default is `feats_overrides`. The name is part of what is signed. If it starts with
    /// `__Host-`, no other host of the same domain can set the cookie; this requires a [secure](Overrides::secure) cookie.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if it is not a valid name of a cookie, or starts with `__Host-` or `__Secure-` while the cookie is not
    /// secure: browsers reject such a cookie.
    pub fn cookie_name(mut self, name: impl Into<String>) -> Result<Self> {
        self.cookie = name.into();
        header::check_name(&self.cookie)?;
        header::check_prefix(&self.cookie, self.secure)?;
        Ok(self)
    }

    /// Sets whether the browser sends the cookie over secure connections only. The default is `true`.
    ///
    /// Chromium treats `http://localhost` and `http://127.0.0.1` as secure, so a program on the developer's machine needs `false`
    /// only for other browsers. With a [name](Overrides::cookie_name) that starts with `__Host-` or `__Secure-`, `false` makes
    /// [`set_cookie`](Overrides::set_cookie) and [`clear_cookie`](Overrides::clear_cookie) fail.
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Returns `true` if the policy allows an actor to override a feature. For pages that offer overrides.
    pub fn allows(&self, actor: Option<&str>, feature: &str) -> bool {
        self.allow.as_ref().is_some_and(|allow| allow(actor, feature))
    }

    /// Returns the `Set-Cookie` header that overrides a feature in the browser for a time, at most 24 hours.
    ///
    /// `current` are the active overrides of the request, from [`verify`](Overrides::verify) or
    /// [`RequestScope::overrides`](super::RequestScope::overrides). They stay active, except one for the same feature.
    ///
    /// # Errors
    /// - [`ErrorKind::Invalid`] with a problem for each of `feature`, `implementation` and `time` that is not valid: unknown, not
    ///   allowed, zero or longer than 24 hours.
    /// - [`ErrorKind::Invalid`] if the cookie's name requires a [secure](Overrides::secure) cookie, and it is not.
    /// - [`ErrorKind::TooLarge`] if the browser has more overrides than fit in a cookie.
    pub fn set_cookie(
        &self,
        app: &App,
        current: &[ActiveOverride],
        actor: Option<&str>,
        feature: &str,
        implementation: &str,
        time: Duration,
    ) -> Result<HeaderValue> {
        self.check(app, actor, feature, implementation, time)?;
        let now = app.now();
        let (feature, implementation) = (feature.to_owned(), implementation.to_owned());
        let others = current.iter().filter(|active| active.feature != feature).cloned();
        let others: Vec<_> = others.collect();
        let set = ActiveOverride { feature, implementation, until: now.after(time) };
        self.write(app, actor, others.into_iter().chain([set]), now)
    }

    /// Returns the `Set-Cookie` header that ends the override of one feature, or all overrides if `feature` is `None`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if the cookie's name requires a [secure](Overrides::secure) cookie, and it is not. A `current` from
    /// [`verify`](Overrides::verify) causes no error.
    pub fn clear_cookie(
        &self,
        app: &App,
        current: &[ActiveOverride],
        actor: Option<&str>,
        feature: Option<&str>,
    ) -> Result<HeaderValue> {
        let stays = |active: &&ActiveOverride| feature.is_some_and(|feature| active.feature != feature);
        self.write(app, actor, current.iter().filter(stays).cloned(), app.now())
    }

    /// Returns the active overrides of a request by an actor. Of several for one feature, the first is active.
    pub fn verify(&self, headers: &HeaderMap, app: &App, actor: Option<&str>) -> Vec<ActiveOverride> {
        self.resolve(headers, app, actor).into_iter().map(|(active, _)| active).collect()
    }

    /// Returns the numbers of rejected cookies and overrides since the program started, by reason.
    pub fn rejected(&self) -> RejectedOverrides {
        self.counters.totals()
    }

    /// Returns `true` if both are clones of the same overrides.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.counters, &other.counters)
    }

    /// Returns the active overrides of a request, with their features.
    pub(super) fn resolve(
        &self,
        headers: &HeaderMap,
        app: &App,
        actor: Option<&str>,
    ) -> Vec<(ActiveOverride, FeatureHandle<Dynamic>)> {
        let values = header::values(headers, &self.cookie, |rejection| self.counters.count(rejection));
        if values.is_empty() {
            return Vec::new();
        }
        let identity = app.identity();
        let mut resolved: Vec<(ActiveOverride, _)> = Vec::new();
        for value in values {
            let overrides = self.open(value, self.purpose(identity, actor), app.now());
            for active in overrides.unwrap_or_else(|rejection| self.reject(rejection)) {
                match self.check_active(app, actor, &active) {
                    Err(rejection) => self.counters.count(rejection),
                    Ok(_) if resolved.iter().any(|(before, _)| before.feature == active.feature) => {}
                    Ok(feature) => resolved.push((active, feature)),
                }
            }
        }
        resolved
    }

    fn purpose<'a>(&'a self, app: &'a str, actor: Option<&'a str>) -> Purpose<'a> {
        Purpose { name: &self.cookie, app, actor }
    }

    /// Verifies a cookie. Returns its overrides that have not ended.
    fn open(&self, value: &[u8], purpose: Purpose<'_>, now: Timestamp) -> Result<Vec<ActiveOverride>, Rejection> {
        let payload = cookie::open(&self.keys, purpose, value)?;
        let issued = Timestamp::from_millis(payload.issued);
        if issued > now.after(MAX_CLOCK_SKEW) {
            return Err(Rejection::Premature);
        }
        let overrides = payload.overrides.into_iter().map(|(feature, implementation, until)| {
            let until = Timestamp::from_millis(until);
            ActiveOverride { feature, implementation, until }
        });
        let (active, ended): (Vec<_>, Vec<_>) =
            overrides.partition(|active| active.until > now && active.until <= issued.after(MAX_DURATION));
        ended.iter().for_each(|_| self.counters.count(Rejection::Expired));
        Ok(active)
    }

    fn check_active(
        &self,
        app: &App,
        actor: Option<&str>,
        active: &ActiveOverride,
    ) -> Result<FeatureHandle<Dynamic>, Rejection> {
        let feature = app.find_feature(&active.feature).ok_or(Rejection::UnknownFeature)?;
        if feature.check_choice(&active.implementation).is_err() {
            return Err(Rejection::UnknownImplementation);
        }
        match self.allows(actor, &active.feature) {
            true => Ok(feature),
            false => Err(Rejection::NotAllowed),
        }
    }

    fn reject(&self, rejection: Rejection) -> Vec<ActiveOverride> {
        self.counters.count(rejection);
        Vec::new()
    }

    fn check(&self, app: &App, actor: Option<&str>, feature: &str, implementation: &str, time: Duration) -> Result<()> {
        let mut problems = Vec::new();
        match app.find_feature(feature) {
            None => {
                let known = app.declarations();
                let known = known.iter().map(|declaration| &*declaration.name);
                problems.push(Problem::new("feature", "no feature has this name").with_suggestion(feature, known));
            }
            Some(handle) => problems.extend(handle.check_choice(implementation).err()),
        }
        if !self.allows(actor, feature) {
            problems.push(Problem::new("feature", "this user is not allowed to override this feature"));
        }
        if time.is_zero() || time > MAX_DURATION {
            problems
                .push(Problem::new("time", "the duration of an override must be more than zero and at most 24 hours"));
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::invalid(problems)) }
    }

    /// Builds the `Set-Cookie` header with those of the overrides that are still valid.
    fn write(
        &self,
        app: &App,
        actor: Option<&str>,
        overrides: impl Iterator<Item = ActiveOverride>,
        now: Timestamp,
    ) -> Result<HeaderValue> {
        let is_valid = |active: &ActiveOverride| {
            active.until > now
                && active.until <= now.after(MAX_DURATION)
                && self.check_active(app, actor, active).is_ok()
        };
        let valid: Vec<_> = overrides.filter(is_valid).collect();
        let Some(last) = valid.iter().map(|active| active.until).max() else {
            return header::set_cookie(&self.cookie, "", 0, self.secure);
        };
        let named = valid.into_iter().map(|active| (active.feature, active.implementation, active.until.as_millis()));
        let identity = app.identity();
        let purpose = self.purpose(identity, actor);
        let sealed = self.keys.first().and_then(|key| cookie::seal(key, purpose, now.as_millis(), named.collect()));
        // The limit of browsers includes the name.
        let fits = |sealed: &String| self.cookie.len() + 1 + sealed.len() <= cookie::MAX_COOKIE_BYTES;
        let sealed = sealed.filter(fits).ok_or_else(|| {
            Error::new(
                ErrorKind::TooLarge,
                "this browser has more overrides than fit in a cookie; end some of them first",
            )
        })?;
        header::set_cookie(&self.cookie, &sealed, last.since(now).as_secs().max(1), self.secure)
    }
}

impl fmt::Debug for Overrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overrides").field("cookie", &self.cookie).field("secure", &self.secure).finish_non_exhaustive()
    }
}
