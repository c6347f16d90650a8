//! Arguments of the commands for flags.

use clap::{Args, Subcommand};

/// The commands for flags, which are created at run time.
#[derive(Debug, Subcommand)]
pub(crate) enum Flag {
    /// List the flags that are not archived
    List(FlagList),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats flag list
  feats flag list --limit 50 --offset 100
  feats flag list --archived --json | jq -r '.flags[].flag'

Flags are sorted by name. `feats list` shows them beside the features that code declares.")]
pub(crate) struct FlagList {
    /// List the flags that are archived instead
    #[arg(long)]
    pub(crate) archived: bool,
    /// The maximum number of flags; all if left out
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Leave out this number of flags at the start
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) offset: usize,
}
