//! The operator's console: a router that a program mounts wherever it likes.
//!
//! ```
//! # fn routes(app: &feats::App) -> axum::Router {
//! use feats::admin::{Actor, Admin, Role};
//!
//! let admin = Admin::new().actor_from(|parts| {
//!     // Whoever the program's own middleware says is logged in.
//!     let name = parts.headers.get("x-user")?.to_str().ok()?;
//!     Some(Actor::new(name).role(Role::Edit))
//! });
//! axum::Router::new().nest_service("/feats", feats::admin::router(app.clone(), admin))
//! # }
//! ```
//!
//! Every address within the console is relative and one step deep, so it works under any path, by `nest` as by
//! `nest_service`, and behind a proxy that takes a prefix away. Without [an actor](Admin::actor_from) it is read-only.
//!
//! # What guards it
//!
//! | against | is |
//! |---|---|
//! | who may not | one function for every page and every write: the [action](Action)'s [role](Role), then [the application's word](Admin::authorize). What one may not see does not exist |
//! | other sites | a write must come from the same origin, by `Sec-Fetch-Site` or `Origin`; frames are refused |
//! | injected markup | everything is escaped as it is written, and the policy of content allows no script or style but the console's two files |
//! | lost writes | every write names the revision that its author saw; a conflict shows both sides and keeps the draft |
//! | floods | bodies, addresses, headers, fields and lists have limits, requests a time, exports a turn |
//!
//! # What programs can read
//!
//! `audit.csv` and `audit.json` take the parameters of the audit's page (`feature`, `author`, `text`). A file has at most
//! 10 000 revisions; where there are more, the header `Link: <…>; rel="next"` leads to the next file, and so does `next` in
//! JSON. Who is answered 503 tries again after the seconds of `Retry-After`: two files are written at a time.

mod access;
mod assets;
mod draft;
mod failure;
mod fields;
mod guard;
mod layout;
mod outlook;
mod pages;
mod parts;
mod proposal;
mod settings;
mod stale;
mod summaries;
mod visit;
mod warm;

pub use access::{Action, Actor, Role};
pub use settings::Admin;

use std::sync::Arc;

use axum::Router;

use crate::app::App;

/// The console of an app. It carries its own state, so it fits any router.
pub fn router<S: Clone + Send + Sync + 'static>(app: App, admin: Admin) -> Router<S> {
    let console = Arc::new(visit::Console::new(app, admin));
    warm::begin(&console);
    routes(console)
}

fn routes<S: Clone + Send + Sync + 'static>(console: Arc<visit::Console>) -> Router<S> {
    let routes = pages::routes().merge(assets::routes()).fallback(failure::no_page);
    guard::guarded(routes, &console).with_state(console)
}
