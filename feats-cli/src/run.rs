//! From arguments to an exit code.

use std::ffi::OsString;

use clap::Parser;
use clap::error::ErrorKind;
use feats::Error;
use tokio::runtime;

use crate::args::{Cli, Command};
use crate::commands;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::output::Output;

/// Runs the command that the arguments say.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return misread(&error, &arguments),
    };
    let output = Output::new(cli.json);
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(execute(cli, output)),
        Err(error) => {
            Err(Error::new(feats::ErrorKind::Unavailable, "the system gives no event queue").with_source(error).into())
        }
    };
    done.unwrap_or_else(|failure| {
        output.fail(&failure);
        failure.exit()
    })
}

async fn execute(cli: Cli, output: Output) -> Result<Exit> {
    let command = match cli.command {
        Command::InStore(command) => command,
        Command::Completions(arguments) => return commands::completions::run(output, &arguments),
    };
    let context = Context::open(cli.store, output).await?;
    let done = commands::run(&context, command).await;
    // Closed also after a failure, so that SQLite tidies up beside the database.
    let closed = context.close().await;
    done.and_then(|exit| closed.map(|()| exit))
}

/// Help and version are answers; everything else is a mistake, told in JSON to those who asked for it.
fn misread(error: &clap::Error, arguments: &[OsString]) -> Exit {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if !asked && arguments.iter().any(|argument| argument == "--json") {
        let message = error.render().to_string();
        Output::new(true).fail(&Failure::Usage(message.trim_end().to_owned()));
    } else {
        // There is nobody left to tell that the stream is closed.
        let _ = error.print();
    }
    if asked { Exit::Success } else { Exit::Usage }
}
