//! Arguments as typed.

mod change;
mod flag;
mod moving;
mod read;
mod stores;
mod thrift;

use clap::{Parser, Subcommand};

pub(crate) use change::{
    Import, Otherwise, Override, Pin, Publishing, Remove, Restore, Rollback, Rollout, Rule, RuleAdd, RuleMove,
    RuleRemove, Shape, Unpin,
};
pub(crate) use flag::{
    Bucketer, Flag, FlagBucketer, FlagChange, FlagCondition, FlagConditions, FlagCreate, FlagData, FlagDestroy,
    FlagList, FlagPercentage, FlagVariant, Missing,
};
pub(crate) use moving::{ExportSystem, FlagExport, FlagImport, Ramps, System};
pub(crate) use read::{Completions, Diff, Experiment, Explain, Export, History, STALE_DAYS, Show, Stale};
pub(crate) use stores::{Copy, Doctor};
pub(crate) use thrift::ThriftServe;

use crate::exit;
use crate::location::{Location, STORE_VARIABLE};

/// The heading of the options that every command has.
const GLOBAL_HEADING: &str = "Global options";

/// Inspect and change which implementation of a feature each user gets, while programs run.
#[derive(Debug, Parser)]
#[command(name = "feats", version, after_help = exit::HELP, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// The store: redis://HOST, sqlite:PATH, or the path of an SQLite file; redis://HOST?prefix=NAME if the programs use
    /// a prefix
    #[arg(
        long,
        global = true,
        env = STORE_VARIABLE,
        value_name = "STORE",
        hide_env_values = true,
        help_heading = GLOBAL_HEADING,
        display_order = 900
    )]
    pub(crate) store: Option<Location>,

    /// Print results and errors as JSON, for scripts
    #[arg(long, global = true, help_heading = GLOBAL_HEADING, display_order = 901)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "only one value is ever created")]
pub(crate) enum Command {
    #[command(flatten)]
    InStore(StoreCommand),
    /// Copy all revisions, assignments and counters to another store
    Copy(Copy),
    /// Check a store: reachability, rights, settings, clock, latency; exit code 1 on warnings
    Doctor(Doctor),
    /// List the limits on states, names and requests
    #[command(after_help = "Examples:\n  feats limits\n  feats limits --json")]
    Limits,
    /// Print a completion script for a shell
    Completions(Completions),
}

/// The commands that need a store.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// List all features and what each serves now
    #[command(after_help = "Examples:\n  feats list --store feats.db\n  FEATS_STORE=feats.db feats list --json")]
    List,
    /// Show the implementations, segments and rules of a feature, or all about a flag
    Show(Show),
    /// Explain which implementation a user gets, and why
    Explain(Explain),
    /// Serve one implementation to everyone, regardless of rules
    Pin(Pin),
    /// Remove a pin, so that the rules apply
    Unpin(Unpin),
    /// Add, move and remove rules
    #[command(subcommand)]
    Rule(Rule),
    /// Change the shares of a rollout or experiment
    Rollout(Rollout),
    /// Set what is served to everyone not matched by a rule
    Otherwise(Otherwise),
    /// Serve an implementation to certain units, such as testers
    #[command(subcommand)]
    Override(Override),
    /// Show the number of units in each arm of an experiment; exit code 1 on a sample-ratio mismatch
    Experiment(Experiment),
    /// Create, change and list flags, which need no declaration in code
    #[command(
        subcommand,
        after_help = "\
Examples:
  feats flag create NEW_CHECKOUT --enabled --by user_id --percentage 5
  feats flag percentage NEW_CHECKOUT 20
  feats flag disable NEW_CHECKOUT --comment \"errors in the checkout\"

The commands explain, history, diff, rollback, pin, unpin, override, rule, rollout and otherwise work for flags, too."
    )]
    Flag(Flag),
    /// List the versions of a feature
    History(History),
    /// Compare two versions; exit code 1 if they differ
    Diff(Diff),
    /// Restore an earlier version
    Rollback(Rollback),
    /// Remove the state of a feature: its default is served, its history is kept
    Remove(Remove),
    /// Print states as JSON or YAML
    Export(Export),
    /// Publish states from JSON or YAML
    Import(Import),
    /// Restore versions that the store has lost; exit code 1 if some cannot be restored
    Restore(Restore),
    /// Serve the flags of the store to programs with flipper-client, as its Thrift service
    ThriftServe(ThriftServe),
    /// List features that are expired, unused, or serve only one implementation; exit code 1 if there are any
    Stale(Stale),
    /// Show the state of the store and the programs that use it
    #[command(after_help = "Examples:\n  feats status --store feats.db")]
    Status,
}
