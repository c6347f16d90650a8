//! For tests of code that uses features: choosing by typed value, and a clock that stands still.
//!
//! A choice of a test is there for the code that runs within it. That is not the code that a closure only hands out:
//!
//! | code under test | write |
//! |---|---|
//! | a function | `with(X, \|\| function())` |
//! | an `async fn` | `with_async(X, function()).await`; `with` refuses a future |
//! | a lazy iterator | `with(X, \|\| iterator().collect::<Vec<_>>())`; `with` refuses an iterator |
//! | a task | `tokio::spawn(feats::in_current_scope(future))` within `with_async` |
//! | a thread | `with` within the thread |
//! | a server, over a socket or not | an app of the test's own, as follows |
//!
//! # Tests over HTTP
//!
//! A server handles a request on a task of its own, which no closure of a test is around. Give the server a
//! [detached](crate::AppBuilder::detached) app through `web::ScopeLayer`, as the program gives it the process-wide one, and
//! publish to that app what the test wants. Any number of such tests run at once.
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
//! /// What `main` serves with its app, and a test with another.
//! fn site(app: &App) -> Router {
//!     Router::new().route("/shipping", get(shipping)).layer(ScopeLayer::new(app))
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let app = App::builder().store(Memory::new()).detached().start().await?;
//!     app.feature::<FreeShipping>().pin(FreeShipping::Enabled).author("test").publish().await?;
//!
//!     // Without a socket; behind `axum::serve` on port 0 it is the same.
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

/// Runs a closure in which the feature gives this implementation, whatever any state says.
///
/// It is there on this thread only, nests, and needs no app. The closure gives back what is [complete](Complete): a future or an
/// iterator would run after it.
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
    frame(implementation).enter(run)
}

/// Runs a future in which the feature gives this implementation, on whichever threads it is polled. Tasks that it spawns are
/// outside, unless they carry [`in_current_scope`](crate::in_current_scope).
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
    frame(implementation).enter_async(future)
}

/// What a closure has done when it returns: anything but a future or an iterator.
///
/// It is implemented for every type once, and for futures and iterators a second time, so that for those the compiler cannot
/// tell which is meant and refuses them. Its message names the second, whose parameter says what to write instead.
pub trait Complete<When> {}

/// When the closure returns.
#[derive(Debug)]
pub struct Returned;

/// When the future is awaited: write `with_async`.
#[derive(Debug)]
pub struct WriteWithAsync;

/// When the iterator is consumed: write `collect` within the closure.
#[derive(Debug)]
pub struct CollectWithin;

impl<R: ?Sized> Complete<Returned> for R {}
impl<R: Future + ?Sized> Complete<WriteWithAsync> for R {}
impl<R: Iterator + ?Sized> Complete<CollectWithin> for R {}

fn frame<F: Feature>(implementation: F) -> ScopeContext {
    registry();
    ScopeContext::test(F::entry().cell.position(), implementation.position())
}

/// A clock that stands still until it is set. Clones are the same clock.
///
/// ```
/// use feats::testing::Clock;
/// use feats::clock::Clock as _;
/// let clock = Clock::at("2026-12-01T09:00:00Z");
/// clock.set_elapsed(std::time::Duration::from_secs(60));
/// assert_eq!(clock.now().to_string(), "2026-12-01T09:01:00Z");
/// ```
#[derive(Clone)]
pub struct ManualClock {
    start: Timestamp,
    now: Arc<AtomicI64>,
}

impl ManualClock {
    /// A clock that stands at an RFC 3339 time.
    ///
    /// # Panics
    /// If the text is no such time.
    pub fn at(time: &str) -> Self {
        match time.parse::<Timestamp>() {
            Ok(start) => Self { start, now: Arc::new(AtomicI64::new(start.as_millis())) },
            Err(error) => panic!("{error}"),
        }
    }

    /// Sets the clock to so long after the time it was made with.
    pub fn set_elapsed(&self, duration: Duration) {
        self.now.store(self.start.after(duration).as_millis(), Ordering::SeqCst);
    }
}

impl crate::clock::Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", crate::clock::Clock::now(self))
    }
}
