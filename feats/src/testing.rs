//! Support for tests of code that uses features: typed choices, and a manual clock.
//!
//! A choice of a test applies to the code that runs within its closure or future. It does not apply to code that the closure only
//! returns, such as a future or an iterator:
//!
//! | code under test | write |
//! |---|---|
//! | a function | `with(X, \|\| function())` |
//! | an `async fn` | `with_async(X, function()).await`; `with` refuses a future |
//! | a lazy iterator | `with(X, \|\| iterator().collect::<Vec<_>>())`; `with` refuses an iterator |
//! | a task | `tokio::spawn(feats::in_current_scope(future))` within `with_async` |
//! | a thread | `with` within the thread |
//! | a server, with or without a socket | a separate app for the test, as described below |
//!
//! # Tests over HTTP
//!
//! A server handles each request on a separate task, outside of any closure of the test. Pass the server a
//! [detached](crate::AppBuilder::detached) app through `web::ScopeLayer`, where the program passes the process-wide one, and
//! publish the states of the test to that app. Any number of such tests can run at the same time.
//!
#![cfg_attr(feature = "web", doc = "```standalone_crate")]
#![cfg_attr(not(feature = "web"), doc = "```ignore")]
//! use axum::{Router, body::Body, routing::get};
//! use feats::{App, store::Memory, web::ScopeLayer};
//! use http::Request;
//! use tower::ServiceExt as _;
//!
//! #[feats::boolean]
//! pub fn FreeShipping() -> bool { false }
//!
//! async fn shipping() -> &'static str {
//!     if FreeShipping::is_enabled_async().await { "free" } else { "5.00" }
//! }
//!
//! /// The router, which `main` serves with the process-wide app and a test with a detached one.
//! fn site(app: &App) -> Router {
//!     Router::new().route("/shipping", get(shipping)).layer(ScopeLayer::new(app))
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let app = App::builder().store(Memory::new()).detached().start().await?;
//!     app.feature::<FreeShipping>().pin(FreeShipping::Enabled).author("test").publish().await?;
//!
//!     // Without a socket. A test with `axum::serve` on port 0 works the same way.
//!     let response = tokio::spawn(site(&app).oneshot(Request::get("/shipping").body(Body::empty())?)).await??;
//!     assert_eq!(axum::body::to_bytes(response.into_body(), 100).await?, "free");
//!     Ok(())
//! }
//! ```

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::model::Timestamp;
use crate::registry::{Feature, registry};
use crate::scope::{ScopeContext, ScopeFuture};

/// Runs a closure in which the feature gives this implementation, regardless of any state.
///
/// The choice applies only on this thread, can be nested, and needs no app. The closure must return a [complete](Complete) value,
/// since a future or an iterator would run after the closure has returned.
///
/// ```
/// # #[feats::boolean] pub fn FuzzySearch() -> bool { false }
/// feats::testing::with(FuzzySearch::Enabled, || assert!(FuzzySearch::is_enabled()));
/// assert!(!FuzzySearch::is_enabled());
/// ```
///
/// ```compile_fail
/// # #[feats::boolean] pub fn FuzzySearch() -> bool { false }
/// # async fn search() {}
/// # async fn test() {
/// feats::testing::with(FuzzySearch::Enabled, || search()).await; // write `with_async(FuzzySearch::Enabled, search())`
/// # }
/// ```
pub fn with<F: Feature, R: Complete<NotAFutureOrIterator>, NotAFutureOrIterator>(
    implementation: F,
    run: impl FnOnce() -> R,
) -> R {
    context(implementation).enter(run)
}

/// Runs a future in which the feature gives this implementation, regardless of any state and on any thread that polls the future.
/// The choice does not apply to tasks that the future spawns, unless they are wrapped in
/// [`in_current_scope`](crate::in_current_scope).
///
/// ```
/// # #[feats::boolean] pub fn FuzzySearch() -> bool { false }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// async fn search() -> bool { FuzzySearch::is_enabled_async().await }
///
/// assert!(feats::testing::with_async(FuzzySearch::Enabled, search()).await);
/// # }
/// ```
pub fn with_async<F: Feature, T: Future>(implementation: F, future: T) -> ScopeFuture<T> {
    context(implementation).enter_async(future)
}

/// A value that is complete when a closure returns it: any value except a future or an iterator.
///
/// The trait is implemented for every type, and again for futures and iterators with another parameter. For these types the
/// implementation is ambiguous, so the compiler rejects them; its message names the parameter of the second implementation, which
/// is the advice.
pub trait Complete<When> {}

/// The parameter for values that are complete when the closure returns.
#[derive(Debug)]
pub struct Returned;

/// The parameter for futures, which are complete when they are awaited: use `with_async`.
#[derive(Debug)]
pub struct WriteWithAsync;

/// The parameter for iterators, which are complete when they are consumed: call `collect` within the closure.
#[derive(Debug)]
pub struct CollectWithin;

impl<R: ?Sized> Complete<Returned> for R {}
impl<R: Future + ?Sized> Complete<WriteWithAsync> for R {}
impl<R: Iterator + ?Sized> Complete<CollectWithin> for R {}

fn context<F: Feature>(implementation: F) -> ScopeContext {
    registry();
    ScopeContext::test(F::entry().cell.position(), implementation.position())
}

/// A clock that only changes when it is set. Clones share the time.
///
/// ```
/// use feats::clock::Clock as _;
/// use feats::testing::ManualClock;
/// let clock = ManualClock::at("2026-12-01T09:00:00Z");
/// clock.set_elapsed(std::time::Duration::from_secs(60));
/// assert_eq!(clock.now().to_string(), "2026-12-01T09:01:00Z");
/// ```
#[derive(Clone)]
pub struct ManualClock {
    start: Timestamp,
    now: Arc<AtomicI64>,
}

impl ManualClock {
    /// Creates a clock at an RFC 3339 time.
    ///
    /// # Panics
    /// Panics if the text is not an RFC 3339 time.
    pub fn at(time: &str) -> Self {
        match time.parse::<Timestamp>() {
            Ok(start) => Self { start, now: Arc::new(AtomicI64::new(start.as_millis())) },
            Err(error) => panic!("{error}"),
        }
    }

    /// Sets the clock to the given duration after the time that it was created with, in whole milliseconds.
    pub fn set_elapsed(&self, elapsed: Duration) {
        self.now.store(self.start.after(elapsed).as_millis(), Ordering::SeqCst);
    }
}

impl crate::clock::Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ManualClock({})", crate::clock::Clock::now(self))
    }
}
