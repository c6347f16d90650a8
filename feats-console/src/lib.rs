//! The operator's console: a router that a program mounts wherever it likes.
//!
//! ```
//! # fn routes(app: &feats::App) -> axum::Router {
//! use feats_console::{Actor, Console, Role};
//!
//! # #[derive(Clone)] struct Session { name: String, is_staff: bool }
//! let console = Console::new().actor_from(|parts| {
//!     // What the program's own middleware found out about the sender. A user of the site is not an operator of it.
//!     let session = parts.extensions.get::<Session>()?;
//!     let role = if session.is_staff { Role::Edit } else { Role::View };
//!     Some(Actor::new(&session.name).role(role))
//! });
//! axum::Router::new().nest_service("/feats", feats_console::router(app.clone(), console))
//! # }
//! ```
//!
//! Every address within the console is relative and one step deep, so it works under any path, by `nest` as by
//! `nest_service`, and behind a proxy that takes a prefix away. Without [an actor](Console::actor_from) it is read-only.
//!
//! # What guards it
//!
//! | against | is |
//! |---|---|
//! | who may not | one function for every page and every write: the [action](Action)'s [role](Role), then [the application's word](Console::authorize). A write is decided by what it changes in the revision that it is written on. What one may not see does not exist |
//! | other sites | a write must come from the same origin, by `Sec-Fetch-Site` or `Origin`; frames are refused |
//! | injected markup | everything is escaped as it is written, and the policy of content allows no script or style but the console's two files |
//! | forged forms | of the seeds and slots that a form carries, only those of its base count |
//! | lost writes | every write names the revision that its author saw; a conflict shows both sides and keeps the draft |
//! | disclosure | error pages show a reference; what a store says is in the log |
//! | floods | nothing is read of a body whose sender may not write; bodies, addresses, headers, fields and lists have limits, requests and bodies a time, drafts and exports a turn |
//!
//! # What programs can read
//!
//! `audit.csv` and `audit.json` take the parameters of the audit's page (`feature`, `author`, `text`). A file has at most
//! 10 000 revisions; where there are more, the header `Link: <…>; rel="next"` leads to the next file, and so does `next` in
//! JSON. A program that is answered 503 tries again after the seconds of `Retry-After`: each user has one file at a time, and two are
//! written at a time, and two for users who are not logged in. A reader that stops reading is cut off.

mod access;
mod assets;
mod cache;
mod components;
mod document;
#[cfg(doctest)]
mod documents;
mod draft;
mod failure;
mod fields;
mod guard;
mod layout;
mod limit;
mod origin;
mod pages;
mod preview;
mod recent;
mod request_context;
mod settings;
mod state;
mod summaries;
#[cfg(test)]
mod tests;
mod usage_cache;

pub use access::{Action, Actor, Role};
pub use settings::Console;

use std::sync::Arc;

use axum::Router;
use feats::App;

use self::state::ConsoleState;

/// The routes of the console of an app. They carry their own state, so they fit any router.
pub fn router<S: Clone + Send + Sync + 'static>(app: App, console: Console) -> Router<S> {
    let state = Arc::new(ConsoleState::new(app, console));
    state.prefetch();
    routes(state)
}

fn routes<S: Clone + Send + Sync + 'static>(state: Arc<ConsoleState>) -> Router<S> {
    let routes = pages::routes().merge(assets::routes()).fallback(failure::no_page);
    guard::guarded(routes, &state).with_state(state)
}
