//! Feature flags as typed implementations: segments, rollouts, experiments and a kill switch.
//!
//! Code declares *what can vary*. Operators decide *who gets what* while the program runs. Every decision can be
//! explained, and every change is previewed, versioned and reversible.
//!
//! # Declaring features
//!
//! A trait of functions becomes an enum of the same name, with one variant for each implementation: the *handle* of the
//! feature.
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
//! // Until the program starts an app, every feature returns its default.
//! let ada = User { id: 42, country: "CA".into(), age: 36 };
//! assert_eq!(Fee::create(&ada), 2);
//! assert_eq!(Fee::ALL, [Fee::Acme, Fee::Premium, Fee::Aperture]);
//! ```
//!
//! | function of a handle | effect |
//! |---|---|
//! | `create(&user)` | chooses an implementation, records its use, and calls it |
//! | `find_implementation(&user)` | chooses an implementation and records nothing |
//! | `used_implementation(choice, &user)` | records the use of an earlier choice |
//! | `explain(&user)` | chooses an implementation and gives the reason: a [`Decision`] |
//! | `create_async`, `find_implementation_async` | as above, but await a look-up that the others block for |
//! | `is_enabled(&user)` | the `create` of a [`boolean`](macro@boolean) |
//!
//! The documentation of [`feature`](macro@feature), [`boolean`](macro@boolean) and [`segment`](macro@segment) describes
//! their syntax.
//!
//! ## Shared state of implementations
//!
//! An implementation takes shared state, such as a pool or a client, as another parameter: by reference, or as an `Arc`
//! by value. Only parameters that some segment accepts take part in decisions; the others are passed on. Code that does
//! not have them at hand chooses by the [attributes](App::attributes) of the rest:
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
//! # Decisions
//!
//! An [`App`] follows a [store](mod@store) on a background thread and keeps the compiled rules of all features in one
//! snapshot. A decision reads the snapshot and computes. It cannot fail, wait, lock or allocate, unless one of the
//! segments that it reads does.
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
//! let canary = rollout(UserId, [(Fee::Aperture, 5.0), (Fee::Acme, 95.0)]);
//! fee.edit()
//!     .rule("Acme outage in Canada", Country::is("CA"), Fee::Premium)
//!     .rule("US canary", Country::is("US").and(Age::gte(18)), canary)
//!     .author("ada").comment("Acme is down in Canada")
//!     .publish().await?;
//!
//! // The preview says how many users would move, before anything is written.
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
//! The order of decision: the choice of a test; the pin; the overrides of the browser; the overrides of the state; the
//! first rule whose condition is true; `otherwise`; the default. A condition on a value that the subject does not have
//! is unknown. Neither it nor its negation is true.
//!
//! # Changing who gets what
//!
//! Every write is a [`Change`], based on the revision that its author saw. `publish` validates it and appends a
//! [revision](model::Revision). An invalid change is refused with all of its problems; a revision that another author
//! published in the meantime is a conflict with both sides.
//!
//! - [`edit`](FeatureHandle::edit) changes rules, `otherwise` and overrides; [`pin`](FeatureHandle::pin) and
//!   [`unpin`](FeatureHandle::unpin) are the kill switch; [`rollback_to`](FeatureHandle::rollback_to) and
//!   [`remove_state`](FeatureHandle::remove_state) return to an earlier state and to the defaults.
//! - [`edit::rollout`] splits 1 000 000 slots between implementations by a segment. Publishing moves the fewest slots
//!   that the new weights allow. [`Rollout::ramp_over`](edit::Rollout::ramp_over) makes it a ramp.
//! - Consoles and other languages use names: [`App::feature_named`], [`State`] as JSON, [`attributes!`]. [`describe`]
//!   puts states and changes into English.
//!
//! # Experiments
//!
//! An [`edit::experiment`] is a rollout with sticky assignment: a unit that has *used* an implementation keeps it when
//! the weights change. `create`, `is_enabled` and `used_implementation` record a use, an [`exposure`], off the calling
//! thread. `find_implementation` and `explain` record nothing. Choices by a pin, an override or a test are not recorded
//! either.
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
//! Every machine gives a unit the same arm without I/O, because the unit's slot determines it. Only if the slot was
//! reassigned since the experiment began is the unit's earlier use looked up. `create` waits for the answer [for a
//! bounded time](AppBuilder::lookup_timeout), and not at all while the store is unreachable; it then returns the slot's
//! new owner, with the reason [`Provisional`](Reason::Provisional). `create_async` awaits the answer. `share` limits
//! how many units enter. An arm of weight 0 gets no new units; an arm that is removed gets none. The seed identifies
//! the experiment: another seed is another experiment.
//!
//! Write `create_async` in an async handler. `create` blocks a thread of the runtime during a look-up; all decisions of
//! a scope together block for at most the time of one.
//!
//! # Flags
//!
//! A *flag* is created while programs run, and asked for by name. It is enabled or disabled for a subject, or serves one of
//! several named JSON values. Its rules test attributes, which the caller names. See [`flags`], and
//! [`when_enabled`](macro@when_enabled) for functions that run only when a flag is enabled.
//!
//! ```standalone_crate
//! use feats::flags::Bucketer;
//! use feats::{App, attributes};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
//! let app = App::builder().store(feats::store::Memory::new()).detached().start().await?;
//! let flags = app.flags().author("ada");
//! let checkout = flags.create("NEW_CHECKOUT").enabled().await?;
//! checkout.override_for("user_id", [42], "enabled").await?;
//! checkout.set_bucketer(Bucketer::consistent(["user_id"]).percentage(5.0)).await?;
//!
//! assert!(flags.is_enabled("NEW_CHECKOUT", &attributes! { "user_id" => 42 }));
//! assert!(!flags.is_enabled("NO_SUCH_FLAG", &attributes! { "user_id" => 42 }));
//! # Ok(()) }
//! ```
//!
//! # Scopes and tests
//!
//! [`App::scope`] pins one snapshot and one time for a closure or a future, across `.await` and threads. A process may
//! hold any number of [detached](AppBuilder::detached) apps; [`App::enter`] selects the one that decides. [`testing`]
//! fixes choices:
//!
//! ```
//! # #[feats::boolean] pub fn ImageProcessing() -> bool { true }
//! feats::testing::with(ImageProcessing::Disabled, || assert!(!ImageProcessing::is_enabled()));
//! ```
//!
//! # Requests
//!
//! With the cargo feature `web`, a `web::ScopeLayer` gives every request of a server one snapshot and one time, even if
//! a change is published meanwhile. `web::Overrides` shows an implementation in one browser only, to the users whom the
//! program allows: a signed cookie that expires within a day. An override has priority over everything but a pin and is
//! not an exposure. `web::RequestScope::overrides` lists the active ones, so that a page can show them.
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
//! use feats::web::{Key, Overrides, RequestScope, ScopeLayer};
//! use http::{Request, header::COOKIE};
//! # use tower::ServiceExt as _;
//!
//! async fn page(scope: RequestScope) -> String {
//!     let fee = Fee::create_async().await;
//!     format!("{fee}% for {}, {} overridden", scope.actor().unwrap_or("anonymous"), scope.overrides().len())
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
//! let overrides = Overrides::new(Key::generate()?).allow(|actor, _feature| actor == Some("ada"));
//! let layer = ScopeLayer::new(&app)
//!     .actor(|parts| Some(parts.headers.get("x-user")?.to_str().ok()?.to_owned()))
//!     .overrides(overrides.clone());
//! let site = Router::new().route("/", get(page)).layer(layer);
//!
//! // Ada sees premium, in this browser only, for two hours.
//! let set = overrides.set_cookie(&app, &[], Some("ada"), "Fee", "premium", Duration::from_secs(7_200))?;
//! let cookie = set.to_str()?.split(';').next().unwrap_or_default();
//!
//! for (user, shown) in [("ada", "4% for ada, 1 overridden"), ("eve", "2% for eve, 0 overridden")] {
//!     let request = Request::get("/").header("x-user", user).header(COOKIE, cookie).body(Body::empty())?;
//!     let response = site.clone().oneshot(request).await?;
//!     assert_eq!(axum::body::to_bytes(response.into_body(), 1_000).await?, shown);
//! }
//! # Ok(()) }
//! ```
//!
//! The operator's console is the crate [`feats-console`](https://docs.rs/feats-console), a router for axum.
//!
//! # Usage
//!
//! feats counts uses by implementation. [`App::last_hour`], [`FeatureHandle::uses_by_minute`] and
//! [`FeatureHandle::uses_by_hour`] return the counts. [`App::stale`] and `feats stale` list the features that have
//! expired, are unused, or give everyone the same implementation. See [`mod@usage`].
//!
//! # When things go wrong
//!
//! | fault | effect |
//! |---|---|
//! | The store is unreachable or hangs. | The last snapshot decides. [`App::status`] says since when. The store is retried with jittered back-off. |
//! | The store is unreachable at the start. | The [fallback file](AppBuilder::fallback_file) decides, else the defaults. `start` returns within [its timeout](AppBuilder::start_timeout). |
//! | The store was emptied, restored from an older backup, or failed over to an older replica. | Lost states are [retained](Retained): they stay in effect until they are restored ([`App::restore`], `feats restore`) or replaced. Publishing on one of them is a conflict. |
//! | A state uses names that this program does not know. | The feature is [quarantined](Quarantine): it keeps its last valid rules, read from history if need be, else its default. It can still be pinned, replaced and rolled back. |
//! | A change is invalid. | Every problem is reported with its path and a suggestion. Nothing is written. |
//! | Another author published first. | The change fails with a [conflict](Conflict) that has both sides. Nothing is written. |
//! | The reply to a write is lost. | The write is retried and recognized by its id. |
//! | Two features have the same name. | `start` fails and names both places. |
//! | A flag does not exist. | It is disabled, or as the caller says: [`is_enabled_or`](flags::Flags::is_enabled_or). |
//! | Code declares a feature with the name of a flag. | The feature adopts [what it can use](flags#names-that-code-declares) of the flag's state. `status()` lists the rest. |
//! | The binary never names a feature's crate. | The feature is not linked, so no list has it. Write `use that_crate as _;`. |
//! | An earlier use in an experiment cannot be looked up in time. | The owner of the unit's slot, with the reason [`Provisional`](Reason::Provisional). The first use that the store receives wins. |
//! | A unit used an arm that was removed from the experiment or from the code. | The owner of the unit's slot. |
//! | An experiment is split by a float or by `random`. | A problem on publish, at `by`. |
//! | Exposures arrive faster than they can be stored, or the store is unreachable. | They wait in a bounded queue. The dropped ones are [counted](exposure::ExposureStats) and recorded again at the unit's next use. |
//! | Counts of uses cannot be stored. | They wait: one hour by the minute, two days by the hour. Older ones are dropped. |
//! | The password is wrong, the certificate authority is unknown, the host does not resolve, or the server has no streams. | `start` succeeds and the fallbacks above apply. `status()` says what to do; see [the errors of `store::Redis`](store::Redis#errors). |
//! | A cookie of overrides is forged, expired, malformed, too long, of another user, or names something that no longer exists. | It is ignored and counted (`web::Overrides::rejected`). The page is served. |
//! | A template uses an unknown feature. | `feature` is undefined and `enabled` is false; the first time is logged. With strict undefined behavior it is an error of the template. |
//! | A segment panics. | The caller sees the panic. Scopes are unaffected. |
//!
//! # Cargo features
//!
//! | feature | adds | oldest Rust | default |
//! |---|---|---|---|
//! | `sqlite` | [`store::Sqlite`], one file for any number of processes | 1.94 | yes |
//! | `redis` | [`store::Redis`]: one server, Sentinel or a cluster, with or without TLS | 1.88 | |
//! | `thrift` | `flags::ThriftSource` and `flags::ThriftServer`: Flipper's Thrift service | 1.88 | |
//! | `web` | `web::ScopeLayer` and `web::Overrides`, for axum and any other tower server | 1.88 | |
//! | `minijinja` | `web::template`: features in templates; turns `web` on | 1.88 | |
//! | `contract` | the contract suite, for stores of your own | 1.88 | |
//! | `schema` | `schemars::JsonSchema` for the types of the wire format; the folder `schema` has the schemas | 1.88 | |

extern crate self as feats;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod app;
#[cfg(any(
    feature = "consul",
    feature = "mysql",
    feature = "postgres",
    feature = "redis",
    feature = "s3",
    feature = "thrift"
))]
mod cause;
pub mod clock;
pub mod edit;
pub mod exposure;
pub mod flags;
mod registry;
mod runtime;
mod scope;
pub mod store;
mod sync;
mod tasks;
pub mod testing;
#[cfg(any(
    feature = "consul",
    feature = "mysql",
    feature = "postgres",
    feature = "redis",
    feature = "s3",
    feature = "thrift"
))]
mod tls;
#[cfg(any(
    feature = "consul",
    feature = "mysql",
    feature = "postgres",
    feature = "redis",
    feature = "s3",
    feature = "thrift"
))]
#[doc(hidden)]
pub mod url;
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
pub use feats_macros::{boolean, feature, segment, when_enabled};
pub use registry::{Dynamic, Feature, FeatureKey, ImplementationName, Segment, UnknownImplementation};
pub use scope::{Scope, ScopeFuture, in_current_scope};
pub use store::{StoreConnection, StoreStatus, StoreUse};
pub use sync::{
    ChangeEvent, ChangeSource, ConfigSource, FeatureChange, Instance, MAX_WAITING_CHANGES, Retained, Status,
    Subscription,
};
