//! The commands, one file each.

pub(crate) mod completions;
pub(crate) mod copy;
mod diff;
pub(crate) mod doctor;
mod experiment;
mod explain;
mod export;
mod flag;
mod history;
mod import;
pub(crate) mod limits;
mod list;
mod otherwise;
mod overrides;
mod pin;
mod remove;
mod restore;
mod rollback;
mod rollout;
mod rule;
mod show;
mod stale;
mod status;
mod thrift_serve;

use crate::args::StoreCommand;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;

/// Runs a command on a store.
pub(crate) async fn run(context: &Context, command: StoreCommand) -> Result<Exit> {
    match command {
        StoreCommand::List => list::run(context).await,
        StoreCommand::Show(arguments) => show::run(context, &arguments),
        StoreCommand::Explain(arguments) => explain::run(context, &arguments).await,
        StoreCommand::Pin(arguments) => pin::pin(context, &arguments).await,
        StoreCommand::Unpin(arguments) => pin::unpin(context, &arguments).await,
        StoreCommand::Rule(arguments) => rule::run(context, &arguments).await,
        StoreCommand::Rollout(arguments) => rollout::run(context, &arguments).await,
        StoreCommand::Otherwise(arguments) => otherwise::run(context, &arguments).await,
        StoreCommand::Override(arguments) => overrides::run(context, &arguments).await,
        StoreCommand::Experiment(arguments) => experiment::run(context, &arguments).await,
        StoreCommand::Flag(command) => flag::run(context, command).await,
        StoreCommand::History(arguments) => history::run(context, &arguments).await,
        StoreCommand::Diff(arguments) => diff::run(context, &arguments).await,
        StoreCommand::Rollback(arguments) => rollback::run(context, &arguments).await,
        StoreCommand::Remove(arguments) => remove::run(context, &arguments).await,
        StoreCommand::Export(arguments) => export::run(context, &arguments).await,
        StoreCommand::Import(arguments) => import::run(context, &arguments).await,
        StoreCommand::Restore(arguments) => restore::run(context, &arguments).await,
        StoreCommand::Stale(arguments) => stale::run(context, &arguments).await,
        StoreCommand::ThriftServe(arguments) => thrift_serve::run(context, &arguments).await,
        StoreCommand::Status => status::run(context).await,
    }
}
