//! A gatekeeper: the pages of a site ask for the variant of a flag by name, and get the one for their request.
//!
//! ```console
//! $ cargo run --example gatekeeper
//! $ cargo run --example gatekeeper -- --dev
//! ```
//!
//! A variant is decided in this order; the first that applies decides:
//!
//! 1. the pin of an operator;
//! 2. an override of this browser, in a signed cookie (staff only);
//! 3. the overrides of users, as listed;
//! 4. the rules of the flag, over the user, the program, the request and the session;
//! 5. the first variant.
//!
//! Read [`gatekeeper`] first, and then [`flags`], which creates the flags with their rules. Log in as Ada to set overrides. The store
//! is an SQLite file, so changes survive a restart.
#![expect(clippy::print_stdout, reason = "a command-line program")]

mod flags;
mod gatekeeper;
mod pages;
#[cfg(test)]
mod tests;
mod visitors;

use std::error::Error;

use clap::Parser;
use feats::store::Sqlite;
use feats::web::{Key, Overrides};
use feats::{App, AppBuilder};
use tokio::net::TcpListener;

/// A site whose pages ask for variants of flags.
#[derive(Parser)]
#[command(name = "gatekeeper")]
struct Options {
    /// The port on 127.0.0.1; 0 selects a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,

    /// Runs as in development, where everyone sees the new feature
    #[arg(long)]
    dev: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let listener = TcpListener::bind(("127.0.0.1", options.port)).await?;
    // Next to the executable, below `target`, and therefore not under version control.
    let file = std::env::current_exe()?.with_file_name("gatekeeper.db");
    let app = builder(options.dev).store(Sqlite::open(&file)?).start().await?;
    flags::create_missing(&app).await?;

    let router = pages::router(&app, &overrides(Key::generate()?), visitors::Sessions::default());
    println!("Site:   http://{}", listener.local_addr()?);
    println!("Store:  sqlite:{}\nPress Ctrl-C to stop.", file.display());
    tokio::select! {
        served = axum::serve(listener, router) => served?,
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(app.shutdown().await?)
}

/// Returns the builder of the app. Every rule can use the environment.
fn builder(is_dev: bool) -> AppBuilder {
    App::builder().program("gatekeeper", env!("CARGO_PKG_VERSION")).attribute(flags::IS_DEV, is_dev)
}

/// Returns the overrides of browsers, which only staff may set.
fn overrides(key: Key) -> Overrides {
    Overrides::new(key).allow(|actor, _flag| actor.and_then(visitors::find_by_actor).is_some_and(|user| user.is_staff))
}
