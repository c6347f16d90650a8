//! A small shop that asks feats who charges the card, how an order may be ranked, and whether images are processed.
//!
//! ```console
//! $ cargo run --example shop
//! ```
//!
//! Open the address that it prints, type the commands that it prints in another terminal, and watch the pages follow.
//! Read [`features`] first: what may vary. Then [`visitors`]: what operators can decide on. The rest is a shop.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program for the terminal")]

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
                eprintln!("  because: {cause}");
                next = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let port = options.port;
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener.map_err(|error| format!("port {port}: {error}; choose another with --port, or 0"))?;

    let app =
        options.store.app()?.program("shop", env!("CARGO_PKG_VERSION")).attribute("Environment", "dev").start().await?;

    let store = options.store.to_string();
    welcome(listener.local_addr()?.port(), &store);
    // The shopkeeper may see everything in the own browser, for as long as the shop is open.
    let overrides = Overrides::new(Key::generate()?).allow(|_, _| true);
    serve(listener, &app, store, overrides, interrupted()).await?;
    app.shutdown().await?;
    println!("\nThe shop is closed.");
    Ok(())
}

/// Serves until the future is ready. Requests that have begun then have a moment to be answered.
async fn serve(
    listener: TcpListener,
    app: &App,
    store: String,
    overrides: Overrides,
    closing: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (open, closed) = oneshot::channel::<()>();
    let closing = async {
        closing.await;
        drop(open);
    };
    // A request that is never sent to its end would keep the shop open for ever.
    let moment = async {
        let _ = closed.await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    let router = pages::router(app.clone(), store, overrides);
    tokio::select! {
        served = axum::serve(listener, router).with_graceful_shutdown(closing) => served,
        () = moment => Ok(()),
    }
}

fn welcome(port: u16, store: &str) {
    println!("The shop is open at  http://127.0.0.1:{port}");
    println!("Its console is at    http://127.0.0.1:{port}/feats");
    println!("Its store is         {store}\n");
    println!("Try these in another terminal, or by clicks in the console. The pages follow within a second.");
    for command in commands::to_try(store) {
        println!("\n  {}\n    {}", command.purpose, command.line);
        println!("    or at http://127.0.0.1:{port}{}: {}", command.page, command.clicks);
    }
    println!("\nCtrl-C closes the shop.");
}

/// Ready at Ctrl-C. Where it cannot be waited for, the shop stays open until the process is ended.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
