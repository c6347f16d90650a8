//! Overrides: choices for one browser, in a signed cookie that ends by itself.

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
use self::rejected::{Counters, Why};
use crate::app::{App, FeatureHandle};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::model::Timestamp;
use crate::registry::Dynamic;

/// The longest that an override can last.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// How far the clocks of two servers of one site may be apart.
const SKEW: Duration = Duration::from_secs(60);

/// Who may override what in the own browser, and the keys that make it unforgeable.
///
/// An override is a choice for one feature in one browser: "show me premium, here, for two hours". It is carried by a cookie
/// that is signed for one app and one actor (or for the anonymous), so it cannot be made up, changed, kept longer, or given to
/// another user. The app is the program in its [environment](crate::AppBuilder::environment), or without one on its
/// [store](crate::store::Store::identity). It comes after an operator's pin and before everything else that a state says, and it is no exposure:
/// experiments record nothing.
///
/// **Nothing is allowed unless [`allow`](Overrides::allow) says so**, both when a cookie is set and whenever it is read, so
/// taking a permission away ends the overrides that were made with it. Whatever else is wrong with a cookie (forged,
/// expired, malformed, too long, of another user, naming what the program no longer has) is ignored and
/// [counted](Overrides::ignored), and its other overrides still count; a page is never refused for it.
///
/// Clones are the same overrides with the same counters.
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
/// // Where the browser asks for it:
/// let two_hours = Duration::from_secs(2 * 60 * 60);
/// let set = overrides.set_cookie(&app, &[], Some("ada"), "Fee", "premium", two_hours)?;
///
/// // With the next request of that browser:
/// let mut headers = HeaderMap::new();
/// headers.insert(COOKIE, set.to_str()?.split(';').next().unwrap_or_default().parse()?);
/// let active = overrides.read(&headers, &app, Some("ada"));
/// assert_eq!((active[0].feature.as_str(), active[0].implementation.as_str()), ("Fee", "premium"));
///
/// // The same cookie is worth nothing to anybody else.
/// assert!(overrides.read(&headers, &app, Some("eve")).is_empty());
/// assert_eq!(overrides.ignored().other_actor, 1);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Overrides {
    /// The first one signs.
    keys: Vec<Key>,
    allow: Option<Arc<Allow>>,
    cookie: String,
    secure: bool,
    counters: Arc<Counters>,
}

type Allow = dyn Fn(Option<&str>, &str) -> bool + Send + Sync;

/// A choice that holds in one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveOverride {
    /// The feature's name.
    pub feature: String,
    /// The name of the implementation that the browser is given.
    pub implementation: String,
    /// When it ends.
    pub until: Timestamp,
}

impl Overrides {
    /// Signs with a key, and allows nothing yet.
    pub fn new(key: Key) -> Self {
        let (cookie, counters) = ("feats_overrides".to_owned(), Arc::default());
        Self { keys: vec![key], allow: None, cookie, secure: true, counters }
    }

    /// Accepts what was signed with another key too: while keys are changed, the old one, for a day, on every server;
    /// before that, the new one.
    #[must_use]
    pub fn also_accept(mut self, key: Key) -> Self {
        self.keys.push(key);
        self
    }

    /// Says whether an actor, or somebody anonymous, may override a feature in the own browser. It is asked for every
    /// override of every request, so it should know the answer without I/O.
    #[must_use]
    pub fn allow(mut self, allow: impl Fn(Option<&str>, &str) -> bool + Send + Sync + 'static) -> Self {
        self.allow = Some(Arc::new(allow));
        self
    }

    /// Names the cookie; `feats_overrides` without this. The name is part of what is signed. One that begins with `__Host-`
    /// no other host of the same domain can set, where the cookie is [secure](Overrides::secure).
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if it is no name of a cookie, or begins with `__Host-` or `__Secure-` while the cookie is not
    /// secure: no browser keeps such a cookie.
    pub fn cookie_name(mut self, name: impl Into<String>) -> Result<Self> {
        self.cookie = name.into();
        header::check_name(&self.cookie)?;
        header::check_prefix(&self.cookie, self.secure)?;
        Ok(self)
    }

    /// Whether the cookie is sent over secure connections alone; `true` without this.
    ///
    /// Chromium counts `http://localhost` and `http://127.0.0.1` as secure, so a program on the own machine needs no
    /// `false`, except for browsers that do not. With a [name](Overrides::cookie_name) that begins with `__Host-` or
    /// `__Secure-`, `false` makes [`set_cookie`](Overrides::set_cookie) and [`clear_cookie`](Overrides::clear_cookie) fail.
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Whether the policy lets an actor override a feature; for a page that offers it.
    pub fn allows(&self, actor: Option<&str>, feature: &str) -> bool {
        self.allow.as_ref().is_some_and(|allow| allow(actor, feature))
    }

    /// The `Set-Cookie` header that gives a browser one implementation of a feature for a while, at most 24 hours.
    ///
    /// `current` is what the request has, as [`read`](Overrides::read) or [`Feats::overrides`](super::Feats::overrides)
    /// says; it goes on, but for another choice for the same feature.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] where the cookie's name asks for a [secure](Overrides::secure) one, and with a problem for each of `feature`, `implementation` and `time` that is wrong: unknown, not
    /// allowed, or longer than a day. [`ErrorKind::TooLarge`] if the browser has so many overrides that they fit in no
    /// cookie.
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

    /// The `Set-Cookie` header that ends the override of one feature, or of all without a name; the others go on.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] where the cookie's name asks for a [secure](Overrides::secure) one; none that a `current` from
    /// [`read`](Overrides::read) can cause.
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

    /// The overrides that hold for a request of an actor. Of several for one feature, the first one holds.
    pub fn verify(&self, headers: &HeaderMap, app: &App, actor: Option<&str>) -> Vec<ActiveOverride> {
        self.resolve(headers, app, actor).into_iter().map(|(active, _)| active).collect()
    }

    /// How much was ignored since the program started, and why.
    pub fn rejected(&self) -> RejectedOverrides {
        self.counters.read()
    }

    /// Whether these are clones of one.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.counters, &other.counters)
    }

    /// The overrides that hold for a request, with their features.
    pub(super) fn resolve(
        &self,
        headers: &HeaderMap,
        app: &App,
        actor: Option<&str>,
    ) -> Vec<(ActiveOverride, FeatureHandle<Dynamic>)> {
        let values = header::values(headers, &self.cookie, |why| self.counters.count(why));
        if values.is_empty() {
            return Vec::new();
        }
        let identity = app.identity();
        let mut resolved: Vec<(ActiveOverride, _)> = Vec::new();
        for value in values {
            let overrides = self.open(value, self.purpose(identity, actor), app.now());
            for active in overrides.unwrap_or_else(|why| self.ignore(why)) {
                match self.admit(app, actor, &active) {
                    Err(why) => self.counters.count(why),
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

    /// What a cookie says and has not ended.
    fn open(&self, value: &[u8], purpose: Purpose<'_>, now: Timestamp) -> Result<Vec<ActiveOverride>, Why> {
        let payload = cookie::open(&self.keys, purpose, value)?;
        let issued = Timestamp::from_millis(payload.issued);
        if issued > now.after(SKEW) {
            return Err(Why::Premature);
        }
        let overrides = payload.overrides.into_iter().map(|(feature, implementation, until)| {
            let until = Timestamp::from_millis(until);
            ActiveOverride { feature, implementation, until }
        });
        let (holding, ended): (Vec<_>, Vec<_>) =
            overrides.partition(|active| active.until > now && active.until <= issued.after(LONGEST));
        ended.iter().for_each(|_| self.counters.count(Why::Expired));
        Ok(holding)
    }

    fn admit(&self, app: &App, actor: Option<&str>, active: &ActiveOverride) -> Result<FeatureHandle<Dynamic>, Why> {
        let feature = app.find_feature(&active.feature).ok_or(Why::UnknownFeature)?;
        if feature.declaration().position(&active.implementation).is_none() {
            return Err(Why::UnknownImplementation);
        }
        match self.allows(actor, &active.feature) {
            true => Ok(feature),
            false => Err(Why::NotAllowed),
        }
    }

    fn ignore(&self, why: Why) -> Vec<ActiveOverride> {
        self.counters.count(why);
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
            Some(handle) if handle.declaration().position(implementation).is_none() => {
                let problem = Problem::new("implementation", "the feature has no implementation of this name");
                problems.push(problem.with_known_names(implementation, handle.declaration().names()));
            }
            Some(_) => {}
        }
        if !self.allows(actor, feature) {
            problems.push(Problem::new("feature", "it may not be overridden here by this user"));
        }
        if time.is_zero() || time > LONGEST {
            problems.push(Problem::new("time", "an override lasts at least a moment and at most 24 hours"));
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::invalid(problems)) }
    }

    /// Writes the cookie again, with what still holds of these.
    fn write(
        &self,
        app: &App,
        actor: Option<&str>,
        overrides: impl Iterator<Item = ActiveOverride>,
        now: Timestamp,
    ) -> Result<HeaderValue> {
        let holds = |active: &ActiveOverride| {
            active.until > now && active.until <= now.after(LONGEST) && self.admit(app, actor, active).is_ok()
        };
        let holding: Vec<_> = overrides.filter(holds).collect();
        let Some(last) = holding.iter().map(|active| active.until).max() else {
            return header::set_cookie(&self.cookie, "", 0, self.secure);
        };
        let named = holding.into_iter().map(|active| (active.feature, active.implementation, active.until.as_millis()));
        let identity = app.identity();
        let purpose = self.purpose(identity, actor);
        let sealed = self.keys.first().and_then(|key| cookie::seal(key, purpose, now.as_millis(), named.collect()));
        // Browsers count the name, too.
        let fits = |sealed: &String| self.cookie.len() + 1 + sealed.len() <= cookie::LONGEST;
        let sealed = sealed.filter(fits).ok_or_else(|| {
            Error::new(ErrorKind::TooLarge, "this browser has more overrides than a cookie can hold; end some first")
        })?;
        header::set_cookie(&self.cookie, &sealed, last.since(now).as_secs().max(1), self.secure)
    }
}

impl fmt::Debug for Overrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overrides").field("cookie", &self.cookie).field("secure", &self.secure).finish_non_exhaustive()
    }
}
