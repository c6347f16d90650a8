//! The entry point: parses arguments and runs a command.

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

/// Runs the command given by the arguments. The first argument is the name of the program.
pub fn run(arguments: impl Iterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage_error(&error, &arguments),
    };
    let output = Output::new(cli.json);
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(execute(cli, output)),
        Err(error) => Err(Error::new(feats::ErrorKind::Unavailable, "the asynchronous runtime cannot be started")
            .with_source(error)
            .into()),
    };
    result.unwrap_or_else(|failure| {
        output.fail(&failure);
        failure.exit()
    })
}

async fn execute(cli: Cli, output: Output) -> Result<Exit> {
    let command = match cli.command {
        Command::InStore(command) => command,
        Command::Copy(arguments) => return commands::copy::run(output, &arguments).await,
        Command::Doctor(arguments) => return commands::doctor::run(output, arguments.location.or(cli.store)).await,
        Command::Limits => return commands::limits::run(output),
        Command::Completions(arguments) => return commands::completions::run(output, &arguments),
    };
    let context = Context::open(cli.store, output).await?;
    let result = commands::run(&context, command).await;
    // Closed even after a failure, so that SQLite removes its temporary files.
    let closed = context.close().await;
    result.and_then(|exit| closed.map(|()| exit))
}

/// Prints help and version, which are successes. Everything else is a usage error, as JSON if `--json` is given.
fn usage_error(error: &clap::Error, arguments: &[OsString]) -> Exit {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A closed stream cannot be reported anywhere.
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

/// Returns the message for a command that other tools have, with the equivalent command of feats.
fn unknown_command(error: &clap::Error) -> Option<String> {
    let typed = match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(ContextValue::String(typed))) => typed.to_lowercase(),
        _ => return None,
    };
    let meant = if is_in_group(error, "flag") { flag_command(&typed)? } else { command(&typed)? };
    Some(format!("error: unknown command '{typed}'; use: {meant}\n\nFor more information, try '--help'.\n"))
}

/// Returns `true` if the mistake is in a command of this group.
fn is_in_group(error: &clap::Error, group: &str) -> bool {
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    usage.contains(&format!("feats {group} "))
}

/// Returns the command that other tools give this name.
fn command(typed: &str) -> Option<&'static str> {
    Some(match typed {
        "enable" | "on" | "activate" => "feats flag enable FLAG, or feats pin FEATURE enabled",
        "disable" | "off" | "deactivate" => "feats flag disable FLAG, or feats pin FEATURE disabled",
        "kill" => "feats pin FEATURE disabled",
        "create" | "new" | "add" => "feats flag create FLAG",
        "archive" => "feats flag archive FLAG",
        "flags" => "feats flag list",
        "toggle" | "set" | "force" => "feats pin FEATURE IMPLEMENTATION",
        "ls" | "features" => "feats list",
        "get" | "describe" | "inspect" => "feats show FEATURE",
        "why" | "evaluate" | "eval" => "feats explain FEATURE --set SEGMENT=VALUE",
        "undo" | "revert" => "feats rollback FEATURE --to VERSION",
        "log" | "versions" => "feats history FEATURE",
        "delete" | "rm" => "feats remove FEATURE",
        _ => return None,
    })
}

/// Like [`command`], for the commands of flags.
fn flag_command(typed: &str) -> Option<&'static str> {
    Some(match typed {
        "add" | "new" => "feats flag create FLAG",
        "on" | "activate" => "feats flag enable FLAG",
        "off" | "deactivate" => "feats flag disable FLAG",
        "kill" | "pin" => "feats pin FLAG off",
        "delete" | "remove" | "rm" => "feats flag archive FLAG, or feats flag destroy FLAG",
        "unarchive" => "feats flag restore FLAG",
        "ls" => "feats flag list",
        "get" | "describe" | "inspect" => "feats flag show FLAG",
        "rollout" | "ramp" => "feats flag bucketer FLAG",
        "override" | "target" => "feats override add FLAG ATTRIBUTE=VALUES --use on",
        "explain" | "why" | "evaluate" | "eval" => "feats explain FLAG --set ATTRIBUTE=VALUE",
        "rollback" | "undo" | "revert" => "feats rollback FLAG --to VERSION",
        "history" | "log" | "versions" => "feats history FLAG",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// Sentences are wrapped only for the width of the terminal, not by hand.
    #[test]
    fn help_is_wrapped_once() {
        fn check(command: &mut clap::Command) {
            let name = command.get_name().to_owned();
            let help = |width| command.clone().term_width(width).render_long_help().to_string();
            // clap never wraps the usage line.
            for line in help(80).lines().filter(|line| !line.starts_with("Usage: ")) {
                assert!(line.chars().count() <= 80, "{name}: {line}");
            }
            let wide = help(10_000);
            let lines: Vec<&str> = wide.lines().collect();
            for pair in lines.windows(2) {
                let is_sentence = !pair[0].starts_with("Usage: ");
                let continues =
                    is_sentence && pair[0].len() > 60 && pair[1].starts_with(|c: char| c.is_alphabetic() || c == '`');
                assert!(!continues, "{name}: {} / {}", pair[0], pair[1]);
            }
            command.get_subcommands_mut().for_each(check);
        }
        let mut command = Cli::command();
        command.build();
        check(&mut command);
    }

    #[test]
    fn a_command_of_other_tools_is_answered_with_its_equivalent() {
        for (typed, meant) in [
            (&["enable"][..], "feats pin FEATURE enabled"),
            (&["Disable"], "feats flag disable FLAG"),
            (&["kill"], "feats pin FEATURE disabled"),
            (&["ls"], "feats list"),
            (&["undo"], "feats rollback"),
            (&["create"], "feats flag create FLAG"),
            (&["flag", "ls"], "feats flag list"),
            (&["flag", "delete"], "feats flag archive FLAG, or feats flag destroy FLAG"),
            (&["flag", "history"], "feats history FLAG"),
        ] {
            let arguments = [&["feats"], typed, &["Fee"]].concat();
            let error = Cli::try_parse_from(arguments).expect_err("unknown command");
            assert!(unknown_command(&error).expect("a known name").contains(meant), "{typed:?}");
        }
        let error = Cli::try_parse_from(["feats", "stael"]).expect_err("unknown command");
        assert!(unknown_command(&error).is_none() && error.to_string().contains("stale"));
    }
}
