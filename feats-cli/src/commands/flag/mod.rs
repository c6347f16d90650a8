//! `feats flag`: flags, which are created at run time. One file for each group of commands.

mod bucketer;
mod condition;
mod create;
mod data;
mod destroy;
mod export;
mod import;
mod list;
mod publish;
mod settings;
mod status;
mod variant;

use feats::flags::Flag as FlagHandle;

use super::show;
use crate::args::Flag;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;

pub(super) async fn run(context: &Context, command: Flag) -> Result<Exit> {
    match command {
        Flag::Create(arguments) => create::run(context, &arguments).await,
        Flag::Enable(arguments) => status::run(context, &arguments, FlagHandle::enable).await,
        Flag::Disable(arguments) => status::run(context, &arguments, FlagHandle::disable).await,
        Flag::Condition(command) => condition::run(context, &command).await,
        Flag::Bucketer(arguments) => bucketer::run(context, &arguments).await,
        Flag::Percentage(arguments) => bucketer::percentage(context, &arguments).await,
        Flag::Data(arguments) => data::run(context, &arguments).await,
        Flag::Variant(arguments) => variant::run(context, &arguments).await,
        Flag::Archive(arguments) => status::run(context, &arguments, FlagHandle::archive).await,
        Flag::Restore(arguments) => status::run(context, &arguments, FlagHandle::restore).await,
        Flag::Destroy(arguments) => destroy::run(context, &arguments).await,
        Flag::Export(arguments) => export::run(context, &arguments).await,
        Flag::Import(arguments) => import::run(context, &arguments).await,
        Flag::List(arguments) => list::run(context, &arguments),
        Flag::Show { flag } => show::show(context, &context.flag(&flag)?.as_feature()?),
    }
}
