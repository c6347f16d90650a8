//! `feats flag`: flags, which are created at run time. One file for each command.

mod list;

use crate::args::Flag;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;

pub(super) async fn run(context: &Context, command: Flag) -> Result<Exit> {
    match command {
        Flag::List(arguments) => list::run(context, &arguments),
    }
}
