//! Arguments as typed.

mod change;
mod read;

use clap::{Parser, Subcommand};

pub(crate) use change::{
    Import, Otherwise, Override, Pin, Publishing, Remove, Restore, Rollback, Rollout, Rule, RuleAdd, RuleMove,
    RuleRemove, Shape, Unpin,
};
pub(crate) use read::{Completions, Diff, Experiment, Explain, Export, History, STALE_DAYS, Show, Stale};

use crate::exit;
use crate::location::{Location, VARIABLE};

/// The heading of what every command takes.
const EVERYWHERE: &str = "Everywhere";

/// See and change who gets which implementation, while programs run.
#[derive(Debug, Parser)]
#[command(name = "feats", version, after_help = exit::HELP, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// The store: redis://HOST, sqlite:PATH, or the path of the file; redis://HOST?prefix=NAME where its programs use a
    /// prefix
    #[arg(
        long,
        global = true,
        env = VARIABLE,
        value_name = "STORE",
        hide_env_values = true,
        help_heading = EVERYWHERE,
        display_order = 900
    )]
    pub(crate) store: Option<Location>,

    /// Answer in JSON, errors too; for programs
    #[arg(long, global = true, help_heading = EVERYWHERE, display_order = 901)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one of it")]
pub(crate) enum Command {
    #[command(flatten)]
    InStore(StoreCommand),
    /// List the limits of states, names and requests
    #[command(after_help = "Examples:\n  feats limits\n  feats limits --json")]
    Limits,
    /// Write a completion script for a shell
    Completions(Completions),
}

/// The commands that work on a store.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// List all features and what is live
    #[command(after_help = "Examples:\n  feats list --store feats.db\n  FEATS_STORE=feats.db feats list --json")]
    List,
    /// Show one feature: implementations, segments, and who gets what
    Show(Show),
    /// Tell what a subject gets, and why
    Explain(Explain),
    /// Give everyone one implementation, whatever the rules say
    Pin(Pin),
    /// Let the rules decide again
    Unpin(Unpin),
    /// Add, move and remove rules
    #[command(subcommand)]
    Rule(Rule),
    /// Change the shares of a rollout
    Rollout(Rollout),
    /// Say what happens where no rule applies
    Otherwise(Otherwise),
    /// Give certain units a certain implementation
    #[command(subcommand)]
    Override(Override),
    /// Tell how many units use each arm of an experiment; exit code 1 if that is not what its weights promise
    Experiment(Experiment),
    /// List the versions of a feature
    History(History),
    /// Compare two versions; exit code 1 if they differ
    Diff(Diff),
    /// Restore an earlier version
    Rollback(Rollback),
    /// Remove a state: the default decides, the history stays
    Remove(Remove),
    /// Write states as JSON or YAML
    Export(Export),
    /// Publish states from JSON or YAML
    Import(Import),
    /// Put back what the store has lost; exit code 1 if something could not be
    Restore(Restore),
    /// List features that are past their day, unused, or give everyone the same; exit code 1 if there are any
    Stale(Stale),
    /// Tell whether the store is well, and which programs use it
    #[command(after_help = "Examples:\n  feats status --store feats.db")]
    Status,
}
