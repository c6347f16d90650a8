//! `feats flag enable`, `disable`, `archive` and `restore`.

use feats::flags::{Flag, FlagWrite};

use super::publish::publish;
use crate::args::FlagChange;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;

pub(super) async fn run(
    context: &Context,
    arguments: &FlagChange,
    write: impl FnOnce(&Flag) -> FlagWrite,
) -> Result<Exit> {
    let flag = context.flag(&arguments.flag)?;
    publish(context, &flag, write(&flag), &arguments.publishing).await
}
