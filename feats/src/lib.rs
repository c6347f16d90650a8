//! Choose between typed implementations at run time: features, segments, rollouts and experiments.
//!
//! Code declares *what can vary*; operators decide *who gets what* while the program runs; every decision can be explained, and
//! every change previewed, versioned and taken back.
//!
//! # Declaring
//!
//! A trait of functions becomes a handle of the same name: an enum with one variant for each implementation.
//!
//! ```
//! use feats::Feature;
//!
//! pub struct User { pub id: u64, pub country: String, pub age: i64 }
//!
//! /// ISO 3166-1 alpha-2 country code.
//! #[feats::segment]
//! pub trait Country { fn user(user: &User) -> &str { &user.country } }
//!
//! #[feats::segment]
//! pub trait Age { fn user(user: &User) -> i64 { user.age } }
//!
//! #[feats::segment]
//! pub trait UserId { fn user(user: &User) -> u64 { user.id } }
//!
//! /// What a transaction costs, in percent.
//! #[feats::feature(kind = ops, owner = "payments")]
//! pub trait Fee {
//!     #[default]
//!     fn acme(_user: &User) -> u32 { 2 }
//!     fn premium(_user: &User) -> u32 { 4 }
//!     fn aperture(_user: &User) -> u32 { 1 }
//! }
//!
//! // Before an app is started, and for ever if nobody starts one, a handle gives its default.
//! let ada = User { id: 42, country: "CA".into(), age: 36 };
//! assert_eq!(Fee::create(&ada), 2);
//! assert_eq!(Fee::ALL, [Fee::Acme, Fee::Premium, Fee::Aperture]);
//! ```
//!
//! | on every handle | does |
//! |---|---|
//! | `create(&user)` | chooses, records the use, and calls the implementation |
//! | `find_implementation(&user)` | chooses only |
//! | `used_implementation(choice, &user)` | records that a choice made before was used |
//! | `explain(&user)` | chooses, and says why: a [`Decision`] |
//! | `create_async`, `find_implementation_async` | the same for async code: await what the others block their thread for |
//! | `is_enabled(&user)` | the `create` of a [`boolean`](macro@boolean) |
//!
//! [`feature`](macro@feature), [`boolean`](macro@boolean) and [`segment`](macro@segment) say what may be written.
//!
//! ## What implementations need
//!
//! An implementation takes the program's shared state, such as a pool or a client, as a parameter like any other, by reference or
//! as an `Arc` by value. Only parameters that some segment accepts take part in decisions; the others are handed on. To choose
//! without them at hand, choose by the [attributes](App::attributes) of the others:
//!
//! ```standalone_crate
//! use std::sync::Arc;
//!
//! pub struct User { pub country: String }
//! pub struct Services { pub currency: &'static str }
//!
//! #[feats::segment]
//! pub trait Country { fn user(user: &User) -> &str { &user.country } }
//!
//! #[feats::feature]
//! pub trait Receipt {
//!     #[default]
//!     fn plain(_user: &User, services: Arc<Services>) -> String { format!("2 {}", services.currency) }
//!     fn rich(user: &User, services: Arc<Services>) -> String { format!("2 {} to {}", services.currency, user.country) }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
//! let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
//! let receipt = app.feature::<Receipt>();
//! receipt.edit().rule("Canada", Country::is("CA"), Receipt::Rich).author("ada").publish().await?;
//!
//! let (user, services) = (User { country: "CA".into() }, Arc::new(Services { currency: "CAD" }));
//! assert_eq!(app.enter(|| Receipt::create(&user, services.clone())), "2 CAD to CA");
//! // No services are needed to know what the user gets, and why.
//! assert_eq!(receipt.find_implementation(&app.attributes(&user)), Receipt::Rich);
//! assert_eq!(receipt.explain(&app.attributes(&user)).rule(), Some("Canada"));
//! # Ok(()) }
//! ```
//!
//! # Deciding
//!
//! An [`App`] follows a [store](mod@store) on a background thread and keeps the routes of all features in one snapshot. A decision
//! reads the snapshot and computes; it cannot fail, wait, lock or allocate (as long as the segments it asks do not).
//!
//! ```standalone_crate
//! # use feats::Feature;
//! # pub struct User { pub id: u64, pub country: String, pub age: i64 }
//! # #[feats::segment] pub trait Country { fn user(user: &User) -> &str { &user.country } }
//! # #[feats::segment] pub trait Age { fn user(user: &User) -> i64 { user.age } }
//! # #[feats::segment] pub trait UserId { fn user(user: &User) -> u64 { user.id } }
//! # #[feats::feature] pub trait Fee {
//! #     #[default] fn acme(_user: &User) -> u32 { 2 }
//! #     fn premium(_user: &User) -> u32 { 4 }
//! #     fn aperture(_user: &User) -> u32 { 1 }
//! # }
//! use feats::edit::rollout;
//! use feats::{App, Reason};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
//! let app = App::builder().store(feats::store::Memory::new()).detached().start().await?;
//! let fee = app.feature::<Fee>();
//!
//! // Whom it would move is known before anything is written.
//! let canary = rollout(UserId, [(Fee::Aperture, 5.0), (Fee::Acme, 95.0)]);
//! fee.edit()
//!     .rule("Acme outage in Canada", Country::is("CA"), Fee::Premium)
//!     .rule("US canary", Country::is("US").and(Age::gte(18)), canary)
//!     .author("ada").comment("Acme is down in Canada")
//!     .publish().await?;
//!
//! let more = rollout(UserId, [(Fee::Aperture, 10.0), (Fee::Acme, 90.0)]);
//! let change = fee.edit().rule("US canary", Country::is("US").and(Age::gte(18)), more).author("ada");
//! assert_eq!(change.preview().await?.moved("US canary", Fee::Acme, Fee::Aperture), 5.0);
//! change.publish().await?;
//!
//! app.enter(|| {
//!     let ada = User { id: 42, country: "CA".into(), age: 36 };
//!     let why = Fee::explain(&ada);
//!     assert_eq!((why.value(), why.reason(), why.rule()), (Fee::Premium, Reason::Rule, Some("Acme outage in Canada")));
//! });
//! fee.rollback_to(0).author("ada").comment("Acme is back").publish().await?;
//! assert_eq!(fee.history().await?.len(), 3);
//! # Ok(()) }
//! ```
//!
//! The order of decision: what a test says; the pin; the overrides of a browser; the state's overrides; the first rule whose
//! condition holds; `otherwise`; the default. A condition on a value that the subject does not have is unknown and does not
//! hold, and neither does its negation.
//!
//! # Changing who gets what
//!
//! Everything is a [`Change`], built on the revision that its author saw. `publish` checks it completely, refuses it with every
//! problem at once, and appends a [revision](model::Revision); somebody else's revision in between is a conflict with both sides.
//!
//! - [`edit`](FeatureHandle::edit) with rules, `otherwise`, overrides; [`pin`](FeatureHandle::pin) and
//!   [`unpin`](FeatureHandle::unpin), the kill switch; [`rollback_to`](FeatureHandle::rollback_to);
//!   [`remove`](FeatureHandle::remove).
//! - [`edit::rollout`] divides 1 000 000 slots of the units of a segment. Publishing moves exactly as few as the new weights
//!   need. [`Rollout::over`](edit::Rollout::over) makes it a ramp.
//! - By names, for consoles and other languages: [`App::feature_named`], [`State`] as JSON, [`attributes!`]. In words, for
//!   people: [`describe`].
//!
//! # Experiments
//!
//! An [`edit::experiment`] is a rollout that remembers: a unit that has *used* an implementation keeps it when the weights
//! change. `create`, `is_enabled` and `used_implementation` record a use, an [`exposure`], off the calling thread;
//! `find_implementation` and `explain` record nothing, and neither does a decision that a pin, an override or a test made.
//!
//! ```standalone_crate
//! # use feats::Feature;
//! # pub struct User { pub id: u64 }
//! # #[feats::segment] pub trait UserId { fn user(user: &User) -> u64 { user.id } }
//! use feats::edit::experiment;
//!
//! #[feats::feature(kind = experiment)]
//! pub trait Priorities {
//!     #[default]
//!     fn two(_user: &User) -> usize { 2 }
//!     fn three(_user: &User) -> usize { 3 }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
//! # let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
//! let priorities = app.feature::<Priorities>();
//! let arms = |two, three| experiment(UserId, [(Priorities::Two, two), (Priorities::Three, three)]);
//! priorities.edit().otherwise(arms(50.0, 50.0)).author("ada").publish().await?;
//! let before: Vec<_> = (0..100).map(|id| app.enter(|| Priorities::create(&User { id }))).collect();
//!
//! priorities.edit().otherwise(arms(10.0, 90.0)).author("ada").comment("three is better").publish().await?;
//! let after: Vec<_> = (0..100).map(|id| app.enter(|| Priorities::create(&User { id }))).collect();
//! assert_eq!(before, after);
//!
//! app.flush().await?;
//! let report = priorities.experiment().await?;
//! assert_eq!(report.units(), 100);
//! println!("{}", report.sample_ratio());
//! # Ok(()) }
//! ```
//!
//! A unit is told the same on every machine without I/O, because its slot says it. Only where the slot changed hands since the
//! experiment began can history say something else, and only then it is asked: `create` waits for the answer, at most
//! [a bounded time](AppBuilder::lookup_timeout) and not at all while the store is away (then the slot's owner is given, with the
//! reason [`Provisional`](Reason::Provisional)); `create_async` awaits it. `share` lets a part of the units in; an implementation
//! of weight 0 gets nobody new; one that is taken out of the weights is given to nobody. The seed is the experiment's identity:
//! another seed is another experiment.
//!
//! In an async handler, write `create_async`: `create` blocks a thread of the runtime while it waits, for all decisions of a
//! scope together as long as for one look-up.
//!
//! # Scopes and tests
//!
//! [`App::scope`] pins one snapshot and one instant for a closure or a future, across `.await` and threads. Any number of
//! [detached](AppBuilder::detached) apps live side by side; [`App::enter`] says which decides. [`testing`] chooses by typed value:
//!
//! ```
//! # #[feats::boolean] pub fn ImageProcessing() -> bool { true }
//! feats::testing::with(ImageProcessing::Disabled, || assert!(!ImageProcessing::is_enabled()));
//! ```
//!
//! # Requests
//!
//! With the cargo feature `web`, a `web::ScopeLayer` gives every request of a server one snapshot and one instant, whatever is
//! published meanwhile, and `web::Overrides` lets a developer see an implementation in the own browser alone: a signed
//! cookie, for those whom and what the program allows, that ends by itself within a day. Such a choice comes after a pin and
//! before everything else, is no exposure, and shows in `web::Feats::overrides`, so that a page can say so.
//!
#![cfg_attr(feature = "web", doc = "```standalone_crate")]
#![cfg_attr(not(feature = "web"), doc = "```ignore")]
//! # #[feats::feature] pub trait Fee {
//! #     #[default] fn acme() -> u32 { 2 }
//! #     fn premium() -> u32 { 4 }
//! # }
//! use std::time::Duration;
//!
//! use axum::{Router, body::Body, routing::get};
//! use feats::web::{Feats, Key, Overrides, ScopeLayer};
//! use http::{Request, header::COOKIE};
//! # use tower::ServiceExt as _;
//!
//! async fn page(feats: Feats) -> String {
//!     let fee = Fee::create_async().await;
//!     format!("{fee} % for {}, {} overridden", feats.actor().unwrap_or("somebody"), feats.overrides().len())
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
//! let overrides = Overrides::new(Key::generate()?).allow(|actor, _feature| actor == Some("ada"));
//! let scope = ScopeLayer::new(&app)
//!     .actor(|parts| Some(parts.headers.get("x-user")?.to_str().ok()?.to_owned()))
//!     .overrides(overrides.clone());
//! let site = Router::new().route("/", get(page)).layer(scope);
//!
//! // "Show me premium, in this browser, for two hours."
//! let set = overrides.set_cookie(&app, &[], Some("ada"), "Fee", "premium", Duration::from_secs(7_200))?;
//! let cookie = set.to_str()?.split(';').next().unwrap_or_default();
//!
//! for (user, shown) in [("ada", "4 % for ada, 1 overridden"), ("eve", "2 % for eve, 0 overridden")] {
//!     let request = Request::get("/").header("x-user", user).header(COOKIE, cookie).body(Body::empty())?;
//!     let response = site.clone().oneshot(request).await?;
//!     assert_eq!(axum::body::to_bytes(response.into_body(), 1_000).await?, shown);
//! }
//! # Ok(()) }
//! ```
//!
//! The operator's console is a crate of its own, [`feats-console`](https://docs.rs/feats-console): a router for axum, over
//! what is public here.
//!
//! # Usage
//!
//! Uses are counted, by the implementation, at next to no cost. [`App::last_hour`], [`FeatureHandle::uses_by_minute`] and
//! [`FeatureHandle::uses_by_hour`] tell them; [`App::stale`] and `feats stale` name the features that have expired, that nobody
//! uses any more, or that give everyone the same. The room is [`mod@usage`].
//!
//! # When things go wrong
//!
//! | what | then |
//! |---|---|
//! | the store is away, or hangs | the last snapshot decides; [`App::status`] says since when; the store is tried again with jitter |
//! | the store is away at the start | the [fallback file](AppBuilder::fallback_file) decides, else the defaults; `start` returns within [its timeout](AppBuilder::start_timeout) |
//! | the store was emptied, restored from an older copy, or failed over to one | what it has lost is [held over](Held): it goes on deciding until it is put back ([`App::restore`], `feats restore`) or somebody publishes anew; publishing on it is a conflict that says so |
//! | a state names what this program does not know | that feature is [quarantined](Quarantine): it keeps its last good route, looked up in history if need be, else its default; it can still be pinned, replaced and rolled back |
//! | bad input | every problem with its path and what was probably meant; nothing is written |
//! | somebody published in between | a [conflict](Conflict) with both sides; nothing is written |
//! | the reply to a write is lost | the write is tried again, and recognised by its id |
//! | two features of one name | `start` fails and names both places |
//! | a feature's crate is never named by the binary | it is not linked, so it is in no list: write `use that_crate as _;` |
//! | what a unit used in an experiment cannot be found out in time | the owner of its slot, with the reason [`Provisional`](Reason::Provisional); the store's first writer wins |
//! | a unit used an implementation that was taken out of the weights, or out of the code | the owner of its slot |
//! | an experiment by a float, or by `random` | a problem on publish, at `by` |
//! | exposures come faster than they can be stored, or the store is away | they wait, as far as there is room; what is dropped is [counted](exposure::ExposureStats), and offered again with the unit's next use |
//! | counts of uses cannot be stored | they wait: the last hour by the minute, two days by the hour; what is older is given up |
//! | a wrong password, an unknown authority, a host that does not resolve, a server without streams | no error of `start`: the outage ladder above; `status()` says what to do, in the words of [`store::Redis`'s table](store::Redis#errors) |
//! | a cookie of overrides is forged, expired, malformed, too long, somebody else's, or names what is no longer there | that is ignored and counted (`web::Overrides::ignored`); the page is served |
//! | a template asks for a feature that is none | `feature` is undefined and `enabled` false, and it is logged once; with strict undefined behaviour it is an error of the template |
//! | a segment panics | its caller sees the panic; scopes stay as they were |
//!
//! # Cargo features
//!
//! | feature | brings | default |
//! |---|---|---|
//! | `sqlite` | [`store::Sqlite`], one file for any number of processes | yes |
//! | `redis` | [`store::Redis`], one server, Sentinel or a cluster, with or without TLS | |
//! | `web` | `web::ScopeLayer` and `web::Overrides`, for axum and whatever else speaks tower | |
//! | `minijinja` | `web::template`: features in templates; brings `web` | |
//! | `contract` | the suite that every store passes, for stores of your own | |
//! | `schema` | `schemars::JsonSchema` for the types of the wire format; the schemas are in the folder `schema` | |

extern crate self as feats;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod app;
pub mod clock;
pub mod edit;
pub mod exposure;
mod registry;
mod runtime;
mod scope;
pub mod store;
mod sync;
mod tasks;
pub mod testing;
pub mod usage;
#[cfg(feature = "web")]
pub mod web;

pub use app::{
    App, AppBuilder, Change, Decision, Evaluations, FeatureHandle, IncompatibleInstance, IntoInput, IntoInputs,
    PreparedWrite, Preview, Published, RestoreBuilder, RestoreOutcome, RestoreReport, RestoredFeature,
};
use feats_core::error;
pub use feats_core::{
    Attributes, Conflict, Error, ErrorKind, Impact, Problem, Problems, Quarantine, Reason, Result, RulePlace, State,
    Timestamp, Trace, Value, attributes,
};
pub use feats_core::{bucketing, compile, describe, evaluate, explain, impact, model, text, warnings};
pub use feats_macros::{boolean, feature, segment};
pub use registry::{Dynamic, Feature, FeatureKey, ImplementationName, Segment, UnknownImplementation};
pub use scope::{Scope, ScopeFuture, in_current_scope};
pub use store::{StoreConnection, StoreStatus, StoreUse};
pub use sync::{
    ChangeEvent, ChangeSource, ConfigSource, FeatureChange, Instance, MAX_WAITING_CHANGES, Retained, Status,
    Subscription,
};
