//! Arguments of the commands that publish a change.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use crate::condition;

/// The options of every command that publishes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Publishing")]
pub(crate) struct Publishing {
    /// The author of the change; defaults to the name of the current user
    #[arg(long, env = "FEATS_AUTHOR", hide_env_values = true, value_name = "NAME")]
    pub(crate) author: Option<String>,
    /// The reason for the change
    #[arg(long, short = 'm', default_value = "", hide_default_value = true, value_name = "TEXT")]
    pub(crate) comment: String,
    /// Publish only if this is still the current version; 0 means no version yet
    #[arg(long, value_name = "VERSION")]
    pub(crate) expect_version: Option<u64>,
    /// Confirm that units are reassigned at random
    #[arg(long)]
    pub(crate) allow_reshuffle: bool,
    /// Confirm a choice that a running program does not support
    #[arg(long)]
    pub(crate) allow_incompatible: bool,
    /// Print what the change would do, and publish nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats pin ImageProcessing disabled --comment \"queue is flooded\"
  feats pin ImageProcessing off            boolean features accept on, off, true and false

Rules are kept but have no effect while the feature is pinned; `feats unpin` puts them back into effect.")]
pub(crate) struct Pin {
    /// The name of the feature or flag
    pub(crate) feature: String,
    /// The implementation or variant to serve to everyone
    pub(crate) implementation: String,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  feats unpin ImageProcessing --comment \"all quiet\"")]
pub(crate) struct Unpin {
    /// The name of the feature or flag
    pub(crate) feature: String,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "only one value is ever created")]
pub(crate) enum Rule {
    /// Add a rule, last unless placed elsewhere
    Add(RuleAdd),
    /// Move a rule; the first rule that matches decides
    Move(RuleMove),
    /// Remove a rule
    Remove(RuleRemove),
}

#[derive(Debug, Args)]
#[command(
    after_help = format!("\
Examples:
  feats rule add PaymentProcessor \"Canada\" --when 'Country = CA' --use premium
  feats rule add PaymentProcessor \"US canary\" \\
      --when 'Country = US and not Age < 18' \\
      --rollout aperture=5,acme=95 --by UserId
  feats rule add PaymentProcessor \"All\" --everyone --by UserId \\
      --rollout aperture=100 --from acme=100 --over 3h
  feats rule add PaymentProcessor \"A/B\" --everyone --by UserId \\
      --experiment aperture=50,acme=50 --share 20
  feats rule add PaymentProcessor \"EU\" --use acme \\
      --when-json '{{\"not\": {{\"segment\": \"Country\", \"in\": [\"US\"]}}}}'

{}", condition::HELP),
    group = ArgGroup::new("audience").required(true).multiple(true).args(["when", "when_json", "everyone"]),
)]
pub(crate) struct RuleAdd {
    /// The name of the feature or flag
    pub(crate) feature: String,
    /// The name of the rule
    pub(crate) rule: String,
    /// The audience: a condition such as 'Country = CA'; if repeated, all must hold
    #[arg(long, value_name = "CONDITION")]
    pub(crate) when: Vec<String>,
    /// The audience as a JSON condition, which may contain "any" and "not"
    #[arg(long, value_name = "JSON", conflicts_with = "everyone")]
    pub(crate) when_json: Option<String>,
    /// The audience is everyone not matched by an earlier rule
    #[arg(long, conflicts_with = "when")]
    pub(crate) everyone: bool,
    /// Insert the rule before this one
    #[arg(long, value_name = "RULE")]
    pub(crate) before: Option<String>,
    /// Insert the rule before all others
    #[arg(long, conflicts_with = "before")]
    pub(crate) first: bool,
    /// Replace the existing rule of the same name, including its condition
    #[arg(long)]
    pub(crate) replace: bool,
    #[command(flatten)]
    pub(crate) select: Select,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

/// The selector of a new rule.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selector")]
#[group(skip)]
pub(crate) struct Select {
    /// Serve this implementation
    #[arg(long = "use", value_name = "IMPLEMENTATION", required_unless_present_any = ["rollout", "experiment"],
        conflicts_with_all = ["rollout", "experiment", "by", "over", "seed", "share"])]
    pub(crate) implementation: Option<String>,
    /// Split units between implementations, in percent: aperture=5,acme=95
    #[arg(long, value_name = "WEIGHTS", requires = "by", conflicts_with_all = ["experiment", "share"])]
    pub(crate) rollout: Option<String>,
    /// Split units between arms, in percent, and keep each unit in the arm that it used first: aperture=50,acme=50
    #[arg(long, value_name = "WEIGHTS", requires = "by", conflicts_with_all = ["over", "from"])]
    pub(crate) experiment: Option<String>,
    #[command(flatten)]
    pub(crate) shape: Shape,
}

/// The settings of a rollout other than its weights.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Shape {
    /// The segment whose values are the units, or several: tenant,user; "random" chooses at random for every request
    #[arg(long, value_name = "SEGMENT")]
    pub(crate) by: Option<String>,
    /// Ramp to the new shares gradually over this duration: 3h, 1h 30m
    #[arg(long, value_name = "DURATION")]
    pub(crate) over: Option<String>,
    /// The start of the ramp in UTC, such as 2026-12-01T09:00:00Z; defaults to now
    #[arg(long, value_name = "TIME", requires = "over")]
    pub(crate) start: Option<String>,
    /// The shares at the start of the ramp; defaults to the current shares
    #[arg(long, value_name = "WEIGHTS", requires = "over")]
    pub(crate) from: Option<String>,
    /// The seed of the allocation; random for a new rollout
    #[arg(long, value_name = "TEXT")]
    pub(crate) seed: Option<String>,
    /// The percentage of units that enter the experiment; the next rules apply to the others
    #[arg(long, value_name = "PERCENT")]
    pub(crate) share: Option<f64>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "\
Examples:
  feats rule move PaymentProcessor \"US canary\" --before Canada
  feats rule move PaymentProcessor \"US canary\" --last",
    group = ArgGroup::new("place").required(true).args(["before", "first", "last"]),
)]
pub(crate) struct RuleMove {
    /// The name of the feature or flag
    pub(crate) feature: String,
    /// The name of the rule
    pub(crate) rule: String,
    /// Move it before this rule
    #[arg(long, value_name = "RULE")]
    pub(crate) before: Option<String>,
    /// Move it before all others
    #[arg(long)]
    pub(crate) first: bool,
    /// Move it after all others
    #[arg(long)]
    pub(crate) last: bool,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  feats rule remove PaymentProcessor Canada --comment \"Acme is back\"")]
pub(crate) struct RuleRemove {
    /// The name of the feature or flag
    pub(crate) feature: String,
    /// The name of the rule
    pub(crate) rule: String,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(
    after_help = "\
Examples:
  feats rollout PaymentProcessor --rule \"US canary\" aperture=10,acme=90
  feats rollout PaymentProcessor --rule \"US canary\" aperture=20
  feats rollout PaymentProcessor --rule \"US canary\" aperture=100 --over 3h
  feats rollout PaymentProcessor --rule \"US canary\" --pause
  feats rollout PaymentProcessor --otherwise aperture=50,acme=50 --by UserId

Options that you leave out keep their current values. Implementations that you leave out split the remainder in \
proportion to their current shares. As few units as possible move: while a share grows, its units stay in it. A \
different --by or --seed reassigns every unit at random and needs --allow-reshuffle. In an experiment, each unit keeps \
the arm that it used first, and --share sets the percentage of units that enter.",
    group = ArgGroup::new("place").required(true).args(["rule", "otherwise"]),
)]
pub(crate) struct Rollout {
    /// The name of the feature or flag
    pub(crate) feature: String,
    /// The shares in percent: aperture=10,acme=90; implementations left out split the remainder
    #[arg(required_unless_present_any = ["pause", "share", "by", "seed"])]
    pub(crate) weights: Option<String>,
    /// Change the rollout of this rule
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: Option<String>,
    /// Change the rollout for everyone not matched by a rule
    #[arg(long)]
    pub(crate) otherwise: bool,
    #[command(flatten)]
    pub(crate) shape: Shape,
    /// Stop the ramp and keep the shares that it has reached
    #[arg(long, conflicts_with_all = ["weights", "by", "over", "seed"])]
    pub(crate) pause: bool,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(
    after_help = "\
Examples:
  feats otherwise PaymentProcessor --use premium
  feats otherwise PaymentProcessor --default

To split everyone else between implementations, use `feats rollout --otherwise`.",
    group = ArgGroup::new("choice").required(true).args(["implementation", "default"]),
)]
pub(crate) struct Otherwise {
    /// The name of the feature or flag
    pub(crate) feature: String,
    /// Serve this implementation
    #[arg(long = "use", value_name = "IMPLEMENTATION")]
    pub(crate) implementation: Option<String>,
    /// Serve the default from the code
    #[arg(long)]
    pub(crate) default: bool,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Override {
    /// Serve an implementation to certain units, before any rule applies
    #[command(after_help = "Examples:\n  feats override add PaymentProcessor UserId=42,43 --use premium")]
    Add {
        /// The name of the feature or flag
        feature: String,
        /// The units, such as UserId=42,43
        #[arg(value_name = "SEGMENT=VALUES")]
        units: String,
        /// The implementation to serve to them
        #[arg(long = "use", value_name = "IMPLEMENTATION")]
        implementation: String,
        #[command(flatten)]
        publishing: Publishing,
    },
    /// Remove units from the overrides, so that the rules apply to them
    #[command(after_help = "Examples:\n  feats override remove PaymentProcessor UserId=42")]
    Remove {
        /// The name of the feature or flag
        feature: String,
        /// The units, such as UserId=42,43
        #[arg(value_name = "SEGMENT=VALUES")]
        units: String,
        #[command(flatten)]
        publishing: Publishing,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats rollback PaymentProcessor --to 3 --comment \"errors in the US\"
  feats rollback PaymentProcessor --to 0               undo every version

This publishes a new version with the rules, overrides, seeds and slots of the earlier one. \
The pin is not changed.")]
pub(crate) struct Rollback {
    /// The name of the feature or flag
    pub(crate) feature: String,
    /// The version to restore; 0 means before the first version
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: u64,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  feats remove OldFeature --comment \"gone from the code\"")]
pub(crate) struct Remove {
    /// The name of the feature or flag
    pub(crate) feature: String,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats import feats.json                              all features in the document
  feats import feats.json --feature PaymentProcessor   one feature of the document
  feats import state.yaml --feature PaymentProcessor   a file with a single state
  feats export --store one.db | feats import - --store other.db

All states are checked before the first one is published. Unchanged states are skipped.")]
pub(crate) struct Import {
    /// The document, at most 16 MiB; - reads standard input
    pub(crate) file: String,
    /// Import only this feature
    #[arg(long, value_name = "FEATURE")]
    pub(crate) feature: Option<String>,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats restore last.jsonl --dry-run           what would be restored
  feats restore last.jsonl --yes

A program with a fallback file keeps the current version of every feature in it. After the store was emptied, or \
restored from an older backup, running programs retain the versions that they had. This command publishes those \
versions to the store again, as new versions.")]
pub(crate) struct Restore {
    /// The fallback file of a program
    pub(crate) file: PathBuf,
    /// The author of the change; defaults to the name of the current user
    #[arg(long, env = "FEATS_AUTHOR", hide_env_values = true, value_name = "NAME")]
    pub(crate) author: Option<String>,
    /// Restore even features that were changed after the loss
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// Confirm without being asked
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    /// Print what would be restored, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}
