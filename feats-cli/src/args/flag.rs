//! Arguments of the commands for flags.

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use super::change::Publishing;
use super::moving::{FlagExport, FlagImport};
use crate::condition;

/// The commands for flags, which are created at run time.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "only one value is ever created")]
pub(crate) enum Flag {
    /// Create a flag, which is disabled unless it is created with --enabled
    Create(FlagCreate),
    /// Enable a flag: its conditions and its bucketer decide
    #[command(after_help = "Examples:\n  feats flag enable NEW_CHECKOUT --comment \"the test is over\"")]
    Enable(FlagChange),
    /// Disable a flag for everyone; its conditions and its bucketer are kept
    #[command(after_help = "Examples:\n  feats flag disable NEW_CHECKOUT --comment \"errors in the checkout\"")]
    Disable(FlagChange),
    /// Change the conditions of a flag
    #[command(subcommand)]
    Condition(FlagCondition),
    /// Set for which share of users a flag is enabled, and how they are selected
    Bucketer(FlagBucketer),
    /// Set the percentage of the bucketer, which ends its ramp
    Percentage(FlagPercentage),
    /// Print or change the client data: any JSON object that programs read with the flag
    Data(FlagData),
    /// Add, change or remove a variant
    Variant(FlagVariant),
    /// Archive a flag: it is disabled and listed apart, and can be restored
    #[command(after_help = "\
Examples:
  feats flag archive NEW_CHECKOUT --comment \"no program asks for it\"
  feats flag list --archived
  feats flag restore NEW_CHECKOUT")]
    Archive(FlagChange),
    /// Restore a flag from the archive as it was
    #[command(after_help = "Examples:\n  feats flag restore NEW_CHECKOUT")]
    Restore(FlagChange),
    /// Destroy a flag: its history is kept, and its name can be used again
    Destroy(FlagDestroy),
    /// List the flags that are not archived
    List(FlagList),
    /// Show the variants, conditions, bucketer and client data of a flag
    #[command(
        after_help = "Examples:\n  feats flag show NEW_CHECKOUT\n  feats flag show NEW_CHECKOUT --json | jq .state.flag"
    )]
    Show {
        /// The name of the flag
        flag: String,
    },
    /// Take over the flags of flipper-client or Flypper, with the buckets of their users
    Import(FlagImport),
    /// Write flags for flipper-client, the way back; exit code 1 if some cannot be written
    Export(FlagExport),
}

/// A change without settings.
#[derive(Debug, Args)]
pub(crate) struct FlagChange {
    /// The name of the flag
    pub(crate) flag: String,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  feats flag create NEW_CHECKOUT
  feats flag create NEW_CHECKOUT --enabled --by user_id --percentage 5
  feats flag create HORSES --enabled --condition 'is_admin = true and horses > 9000'
  feats flag create THEME --enabled --data '{{\"team\": \"web\"}}' \\
      --variants light='\"#fff\"' dark='\"#000\"' \\
      --by user_id --weights light=90,dark=10

Every --condition must be met. Once it is enabled, a flag with variants serves the first one that is listed, unless \
--weights says otherwise.

{}", condition::HELP))]
pub(crate) struct FlagCreate {
    /// The name of the flag
    pub(crate) flag: String,
    /// Enable the flag
    #[arg(long)]
    pub(crate) enabled: bool,
    /// The client data, a JSON object
    #[arg(long, value_name = "JSON")]
    pub(crate) data: Option<String>,
    /// A condition such as 'is_admin = true'; if repeated, all must be met
    #[arg(long, value_name = "CONDITION")]
    pub(crate) condition: Vec<String>,
    /// What a condition means for a user without its attribute: skip it, or fail
    #[arg(long, value_name = "MEANING")]
    pub(crate) missing: Option<Missing>,
    /// The variants with their values as JSON, such as light='"#fff"'
    #[arg(long, value_name = "NAME=JSON", num_args = 1..)]
    pub(crate) variants: Vec<String>,
    #[command(flatten)]
    pub(crate) bucketer: Bucketer,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

/// The settings of a bucketer.
#[derive(Debug, Args)]
#[command(next_help_heading = "Bucketer")]
#[group(skip)]
pub(crate) struct Bucketer {
    /// The attribute whose values are the units, or several: tenant,user_id
    #[arg(long, value_name = "KEY,…", conflicts_with_all = ["by_all", "random"])]
    pub(crate) by: Option<String>,
    /// All attributes of a user together are the unit
    #[arg(long, conflicts_with = "random")]
    pub(crate) by_all: bool,
    /// Choose at random for every request
    #[arg(long)]
    pub(crate) random: bool,
    /// The percentage for which the flag is enabled, with at most four decimals
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true, conflicts_with_all = ["ramp", "weights"])]
    pub(crate) percentage: Option<String>,
    /// Change the percentage gradually: 20..80
    #[arg(long, value_name = "FROM..TO", requires = "over", conflicts_with = "weights")]
    pub(crate) ramp: Option<String>,
    /// The duration of the ramp: 30m, 1h 30m
    #[arg(long, value_name = "DURATION", requires = "ramp")]
    pub(crate) over: Option<String>,
    /// The start of the ramp in UTC, such as 2026-12-01T09:00:00Z; defaults to now
    #[arg(long, value_name = "TIME", requires = "ramp")]
    pub(crate) starts_at: Option<String>,
    /// The shares of the variants in percent: light=90,dark=10; variants left out split the remainder
    #[arg(long, value_name = "WEIGHTS")]
    pub(crate) weights: Option<String>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "\
Examples:
  feats flag bucketer NEW_CHECKOUT --by user_id --percentage 5
  feats flag bucketer NEW_CHECKOUT --by user_id --ramp 20..80 --over 30m
  feats flag bucketer NEW_CHECKOUT --by tenant,user_id
  feats flag bucketer SAMPLING --random --percentage 0.1
  feats flag bucketer THEME --by user_id --weights light=50,dark=50
  feats flag bucketer NEW_CHECKOUT --none

Options that you leave out keep their current values; a new bucketer has 100%. While a percentage grows, its users stay \
in it. Other attributes reassign every user at random and need --allow-reshuffle. A user who lacks one of the \
attributes is not in the share, unless it is 100%.",
    group = ArgGroup::new("settings").required(true).multiple(true)
        .args(["by", "by_all", "random", "percentage", "ramp", "weights", "none"]),
)]
pub(crate) struct FlagBucketer {
    /// The name of the flag
    pub(crate) flag: String,
    #[command(flatten)]
    pub(crate) bucketer: Bucketer,
    /// Remove the bucketer: the flag is enabled for everyone whom no condition excludes
    #[arg(
        long,
        help_heading = "Bucketer",
        conflicts_with_all = ["by", "by_all", "random", "percentage", "ramp", "over", "starts_at", "weights"]
    )]
    pub(crate) none: bool,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats flag percentage NEW_CHECKOUT 20
  feats flag percentage NEW_CHECKOUT 0.5% --comment \"slow down\"

While the percentage grows, its users stay in it. While it shrinks, the users who came last leave first.")]
pub(crate) struct FlagPercentage {
    /// The name of the flag
    pub(crate) flag: String,
    /// From 0 to 100, with at most four decimals
    #[arg(allow_negative_numbers = true)]
    pub(crate) percentage: String,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FlagCondition {
    /// Add conditions; all conditions of a flag must be met
    #[command(after_help = condition_help("  feats flag condition add HORSES 'is_admin = true and horses > 9000'"))]
    Add(FlagConditions),
    /// Replace all conditions
    #[command(after_help = condition_help(
        "  feats flag condition set HORSES 'horses > 9000' 'country in CA, US'
  feats flag condition set HORSES --missing fail        only what a missing attribute means"
    ))]
    Set(FlagConditions),
    /// Remove all conditions
    #[command(after_help = "Examples:\n  feats flag condition clear HORSES")]
    Clear(FlagChange),
}

fn condition_help(examples: &str) -> String {
    format!(
        "\
Examples:
{examples}

A user who violates a condition gets `disabled`. One who meets the conditions whose attributes are set gets `enabled`; in a \
flag with variants, the bucketer decides. So it does if no attribute is set. With `--missing fail`, a condition \
without its attribute is violated.

{}",
        condition::HELP
    )
}

#[derive(Debug, Args)]
pub(crate) struct FlagConditions {
    /// The name of the flag
    pub(crate) flag: String,
    /// Conditions such as 'is_admin = true'
    #[arg(value_name = "CONDITION", required_unless_present = "missing")]
    pub(crate) conditions: Vec<String>,
    /// What a condition means for a user without its attribute: skip it, or fail
    #[arg(long, value_name = "MEANING")]
    pub(crate) missing: Option<Missing>,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

/// The meaning of a condition for a user without its attribute.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Missing {
    /// The condition is skipped
    Skip,
    /// The condition is violated
    Fail,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats flag data NEW_CHECKOUT                     print it
  feats flag data NEW_CHECKOUT | jq .ttl
  feats flag data NEW_CHECKOUT '{\"ttl\": 60}'       keep the other keys
  feats flag data NEW_CHECKOUT --remove team")]
pub(crate) struct FlagData {
    /// The name of the flag
    pub(crate) flag: String,
    /// A JSON object: its keys are set, null removes a key, and other keys are kept
    #[arg(value_name = "JSON")]
    pub(crate) data: Option<String>,
    /// Remove this key
    #[arg(long, value_name = "KEY")]
    pub(crate) remove: Vec<String>,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats flag variant THEME dark '\"#000\"'
  feats flag variant THEME dark '{\"color\": \"#000\", \"contrast\": 2}'
  feats flag variant THEME dark --remove

`feats flag bucketer --weights` sets the shares of the variants, and `feats otherwise --use` serves one of them to \
everyone. The first variant of a flag that has none takes the place of `enabled`.")]
pub(crate) struct FlagVariant {
    /// The name of the flag
    pub(crate) flag: String,
    /// The name of the variant
    pub(crate) variant: String,
    /// The value of the variant
    #[arg(value_name = "JSON", required_unless_present = "remove", conflicts_with = "remove")]
    pub(crate) value: Option<String>,
    /// Remove the variant, which nothing may serve
    #[arg(long)]
    pub(crate) remove: bool,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats flag destroy NEW_CHECKOUT --comment \"gone from the code\"
  feats flag destroy NEW_CHECKOUT --yes                 in a script

Programs that still ask for the flag get `disabled`. `feats rollback` brings a destroyed flag back.")]
pub(crate) struct FlagDestroy {
    /// The name of the flag
    pub(crate) flag: String,
    /// Confirm without being asked
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
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
