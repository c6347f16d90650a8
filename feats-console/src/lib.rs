//! The operator's console of feats: an axum router that a program mounts at any path.
//!
//! ```
//! # fn routes(app: &feats::App) -> axum::Router {
//! use feats_console::{Actor, Console, Role};
//!
//! # #[derive(Clone)] struct Session { name: String, is_staff: bool }
//! let console = Console::new().actor_from(|parts| {
//!     // The session that the program's own middleware left in the request. Users of the site are not operators.
//!     let session = parts.extensions.get::<Session>()?;
//!     let role = if session.is_staff { Role::Edit } else { Role::View };
//!     Some(Actor::new(&session.name).role(role))
//! });
//! axum::Router::new().nest_service("/feats", feats_console::router(app.clone(), console))
//! # }
//! ```
//!
//! Every address in the console is relative and one segment deep, so it works at any path, with `nest` and `nest_service`,
//! and behind a proxy that strips a prefix. Without [an actor](Console::actor_from) it is read-only.
//!
//! # Security
//!
//! | threat | protection |
//! |---|---|
//! | unauthorized users | One function guards every page and every write: the [role](Role) that the [action](Action) needs, then the [application's check](Console::authorize). A write is judged by its changes to the revision that it is based on. A page that the user has no access to answers as if it did not exist. |
//! | cross-site requests | A write must come from the same origin, by `Sec-Fetch-Site` or `Origin`. Frames are refused. |
//! | injected markup | All text is escaped, and the content security policy allows only the console's own script and style sheet. |
//! | forged forms | Seeds and slots in a form count only if its base revision has them, and the author and the time of a flag's creation are those of the base revision. |
//! | lost writes | Every write names the revision that its author saw. A conflict shows both sides and keeps the draft. |
//! | disclosure | Error pages show a reference. The error of the store is in the log. |
//! | denial of service | The body of a request is read only if its sender may write. Bodies, addresses, headers, fields and lists have size limits, requests and bodies time limits, drafts and exports concurrency limits. |
//!
//! # Exports
//!
//! `audit.csv` and `audit.json` take the parameters of the audit page: `feature`, `author`, `text`. A file has at most
//! 10 000 revisions; if there are more, the header `Link: <…>; rel="next"`, and `next` in JSON, lead to the next file. Each
//! user can export one file at a time. Two exports run at a time, and two more for users who are not logged in. Others are
//! answered 503 and retry after the seconds in `Retry-After`. A client that stops reading is disconnected.

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
mod flag;
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

/// Returns the routes of an app's console. They have their own state, so they fit any router.
pub fn router<S: Clone + Send + Sync + 'static>(app: App, console: Console) -> Router<S> {
    let state = Arc::new(ConsoleState::new(app, console));
    state.prefetch();
    routes(state)
}

fn routes<S: Clone + Send + Sync + 'static>(state: Arc<ConsoleState>) -> Router<S> {
    let routes = pages::routes().merge(assets::routes()).fallback(failure::no_page);
    guard::guarded(routes, &state).with_state(state)
}
