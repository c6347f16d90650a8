//! A small shop with three features: the payment processor, the priorities of orders, and image processing.
//!
//! ```console
//! $ cargo run --example shop
//! ```
//!
//! Open the address that it prints, run the commands that it prints in another terminal, and watch the pages change. Read
//! [`features`] first, and then [`visitors`], which declares the segments. The rest is an ordinary web application.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

mod commands;
mod features;
mod goods;
mod options;
mod pages;
mod processors;
#[cfg(test)]
mod tests;
mod visitors;

use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use feats::App;
use feats::web::{Key, Overrides};
use options::Options;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shop: {error}");
            let mut next = error.source();
            while let Some(cause) = next {
                eprintln!("  cause: {cause}");
                next = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let port = options.port;
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener
        .map_err(|error| format!("port {port}: {error}; use --port with another port, or with 0 for a free one"))?;

    let app =
        options.store.app()?.program("shop", env!("CARGO_PKG_VERSION")).attribute("Environment", "dev").start().await?;

    let store = options.store.to_string();
    welcome(listener.local_addr()?.port(), &store);
    // The shopkeeper may override every feature in their own browser. The key is valid until the process ends.
    let overrides = Overrides::new(Key::generate()?).allow(|_, _| true);
    serve(listener, &app, store, overrides, interrupted()).await?;
    app.shutdown().await?;
    println!("\nThe shop has shut down.");
    Ok(())
}

/// Serves until `shutdown` is ready, and then at most one second longer, so that pending requests are answered.
async fn serve(
    listener: TcpListener,
    app: &App,
    store: String,
    overrides: Overrides,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (open, closed) = oneshot::channel::<()>();
    let shutdown = async {
        shutdown.await;
        drop(open);
    };
    // Without a limit, a request that is never complete would keep the process running forever.
    let grace_period = async {
        let _ = closed.await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    let router = pages::router(app.clone(), store, overrides);
    tokio::select! {
        served = axum::serve(listener, router).with_graceful_shutdown(shutdown) => served,
        () = grace_period => Ok(()),
    }
}

fn welcome(port: u16, store: &str) {
    println!("Shop:     http://127.0.0.1:{port}");
    println!("Console:  http://127.0.0.1:{port}/feats");
    println!("Store:    {store}\n");
    println!("Try these changes in another terminal or in the console. The pages change within a second.");
    for command in commands::suggestions(store) {
        println!("\n  {}\n    {}", command.purpose, command.line);
        println!("    or in the console at http://127.0.0.1:{port}{}: {}", command.page, command.clicks);
    }
    println!("\nPress Ctrl-C to stop.");
}

/// Waits for Ctrl-C. If signals are not available, the shop runs until the process is killed.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
