//! From arguments to an exit code.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use feats::Error;
use tokio::runtime;

use crate::args::{Cli, Command};
use crate::commands;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::secrets::conceal;

/// Runs the command that the arguments say; the first one is the name of the program.
pub fn run(arguments: impl Iterator<Item = OsString>) -> Exit {
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
        Command::Limits => return commands::limits::run(output),
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
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // There is nobody left to tell that the stream is closed.
        let _ = error.print();
        return Exit::Success;
    }
    let plain = error.render().to_string();
    let message = unknown_command(error).unwrap_or_else(|| conceal(&plain));
    if arguments.iter().any(|argument| argument == "--json") {
        Output::new(true).fail(&Failure::Usage(message.trim_end().to_owned()));
    } else if message == plain {
        let _ = error.print();
    } else {
        let _ = io::stderr().lock().write_all(message.as_bytes());
    }
    Exit::Usage
}

/// What to type in place of a command that other tools have.
fn unknown_command(error: &clap::Error) -> Option<String> {
    let typed = match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(ContextValue::String(typed))) => typed.to_lowercase(),
        _ => return None,
    };
    let meant = match typed.as_str() {
        "enable" | "on" | "activate" => "feats pin FEATURE enabled",
        "disable" | "off" | "deactivate" | "kill" => "feats pin FEATURE disabled",
        "toggle" | "set" | "force" => "feats pin FEATURE IMPLEMENTATION",
        "ls" | "features" => "feats list",
        "get" | "describe" | "inspect" => "feats show FEATURE",
        "why" | "evaluate" | "eval" => "feats explain FEATURE --set SEGMENT=VALUE",
        "undo" | "revert" => "feats rollback FEATURE --to VERSION",
        "log" | "versions" => "feats history FEATURE",
        "delete" | "rm" => "feats remove FEATURE",
        _ => return None,
    };
    Some(format!("error: there is no command '{typed}'; type: {meant}\n\nFor more information, try '--help'.\n"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// Sentences are broken into lines for the width of the terminal, and not by hand before that.
    #[test]
    fn help_is_broken_into_lines_once() {
        fn check(command: &mut clap::Command) {
            let name = command.get_name().to_owned();
            let help = |width| command.clone().term_width(width).render_long_help().to_string();
            // The line of the usage is never broken.
            for line in help(80).lines().filter(|line| !line.starts_with("Usage: ")) {
                assert!(line.chars().count() <= 80, "{name}: {line}");
            }
            let wide = help(10_000);
            let lines: Vec<&str> = wide.lines().collect();
            for pair in lines.windows(2) {
                let is_sentence = !pair[0].starts_with("Usage: ");
                let sentence_goes_on =
                    is_sentence && pair[0].len() > 60 && pair[1].starts_with(|c: char| c.is_alphabetic() || c == '`');
                assert!(!sentence_goes_on, "{name}: {} / {}", pair[0], pair[1]);
            }
            command.get_subcommands_mut().for_each(check);
        }
        let mut command = Cli::command();
        command.build();
        check(&mut command);
    }

    #[test]
    fn a_command_of_other_tools_is_answered_with_the_one_that_was_meant() {
        for (typed, meant) in [
            ("enable", "feats pin FEATURE enabled"),
            ("Disable", "feats pin FEATURE disabled"),
            ("kill", "feats pin FEATURE disabled"),
            ("ls", "feats list"),
            ("undo", "feats rollback"),
        ] {
            let error = Cli::try_parse_from(["feats", typed, "Fee"]).expect_err("no command");
            assert!(unknown_command(&error).expect(typed).contains(meant));
        }
        let error = Cli::try_parse_from(["feats", "stael"]).expect_err("no command");
        assert!(unknown_command(&error).is_none() && error.to_string().contains("stale"));
    }
}
