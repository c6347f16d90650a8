//! Arguments of the commands that change something.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use crate::condition;

/// What every change can say.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Publishing")]
pub(crate) struct Publishing {
    /// Who publishes; the user's name if not set
    #[arg(long, env = "FEATS_AUTHOR", hide_env_values = true, value_name = "NAME")]
    pub(crate) author: Option<String>,
    /// Why
    #[arg(long, short = 'm', default_value = "", hide_default_value = true, value_name = "TEXT")]
    pub(crate) comment: String,
    /// Publish only if this version is the newest one; 0 for none
    #[arg(long, value_name = "VERSION")]
    pub(crate) expect_version: Option<u64>,
    /// Agree that everyone is dealt anew
    #[arg(long)]
    pub(crate) allow_reshuffle: bool,
    /// Agree to a choice that a running program does not know
    #[arg(long)]
    pub(crate) allow_incompatible: bool,
    /// Only print what the change would do
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats pin ImageProcessing disabled --comment \"queue is flooded\"
  feats pin ImageProcessing off            on, off, true and false of a boolean

The rules stay as they are; `feats unpin` lets them decide again.")]
pub(crate) struct Pin {
    /// The feature
    pub(crate) feature: String,
    /// The implementation that everyone gets
    pub(crate) implementation: String,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  feats unpin ImageProcessing --comment \"all quiet\"")]
pub(crate) struct Unpin {
    /// The feature
    pub(crate) feature: String,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one of it")]
pub(crate) enum Rule {
    /// Add a rule at the end
    Add(RuleAdd),
    /// Move a rule: the first one that holds decides
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
    /// The feature
    pub(crate) feature: String,
    /// The name of the rule
    pub(crate) rule: String,
    /// For whom: a condition such as 'Country = CA'; several must all hold
    #[arg(long, value_name = "CONDITION")]
    pub(crate) when: Vec<String>,
    /// For whom, as JSON: with "any" and "not" too
    #[arg(long, value_name = "JSON", conflicts_with = "everyone")]
    pub(crate) when_json: Option<String>,
    /// For everyone whom no earlier rule is for
    #[arg(long, conflicts_with = "when")]
    pub(crate) everyone: bool,
    /// Put it before this rule, not at the end
    #[arg(long, value_name = "RULE")]
    pub(crate) before: Option<String>,
    /// Put it before all rules
    #[arg(long, conflicts_with = "before")]
    pub(crate) first: bool,
    /// Replace the rule of this name, condition and all
    #[arg(long)]
    pub(crate) replace: bool,
    #[command(flatten)]
    pub(crate) select: Select,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

/// How a new rule chooses.
#[derive(Debug, Args)]
#[command(next_help_heading = "Choice")]
#[group(skip)]
pub(crate) struct Select {
    /// Give this implementation
    #[arg(long = "use", value_name = "IMPLEMENTATION", required_unless_present_any = ["rollout", "experiment"],
        conflicts_with_all = ["rollout", "experiment", "by", "over", "seed", "share"])]
    pub(crate) implementation: Option<String>,
    /// Divide among implementations, in percent: aperture=5,acme=95
    #[arg(long, value_name = "WEIGHTS", requires = "by", conflicts_with_all = ["experiment", "share"])]
    pub(crate) rollout: Option<String>,
    /// Divide, and let whoever has used an implementation keep it: aperture=50,acme=50
    #[arg(long, value_name = "WEIGHTS", requires = "by", conflicts_with_all = ["over", "from"])]
    pub(crate) experiment: Option<String>,
    #[command(flatten)]
    pub(crate) shape: Shape,
}

/// The shape of a rollout, but for its shares.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Shape {
    /// Divide by the values of this segment; "random" draws anew each time
    #[arg(long, value_name = "SEGMENT")]
    pub(crate) by: Option<String>,
    /// Reach the shares bit by bit, over this time: 3h, 1h 30m
    #[arg(long, value_name = "DURATION")]
    pub(crate) over: Option<String>,
    /// Start then, in UTC: 2026-12-01T09:00:00Z; now if not set
    #[arg(long, value_name = "TIME", requires = "over")]
    pub(crate) start: Option<String>,
    /// Start from these shares, not from those of now
    #[arg(long, value_name = "WEIGHTS", requires = "over")]
    pub(crate) from: Option<String>,
    /// The identity of the allocation; made at random for a new one
    #[arg(long, value_name = "TEXT")]
    pub(crate) seed: Option<String>,
    /// The percentage of the units that enter an experiment; the others go on with the next rule
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
    /// The feature
    pub(crate) feature: String,
    /// The name of the rule
    pub(crate) rule: String,
    /// Before this rule
    #[arg(long, value_name = "RULE")]
    pub(crate) before: Option<String>,
    /// Before all rules
    #[arg(long)]
    pub(crate) first: bool,
    /// Behind all rules
    #[arg(long)]
    pub(crate) last: bool,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  feats rule remove PaymentProcessor Canada --comment \"Acme is back\"")]
pub(crate) struct RuleRemove {
    /// The feature
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

What is not said stays as it was; implementations without a share take what the others leave, in proportion to what \
they have. As few units move as the new shares need: who is in stays in while a share grows. Another --by or --seed \
deals everyone anew, and needs --allow-reshuffle. In an experiment, whoever has used an implementation keeps it, and \
--share says how many enter.",
    group = ArgGroup::new("place").required(true).args(["rule", "otherwise"]),
)]
pub(crate) struct Rollout {
    /// The feature
    pub(crate) feature: String,
    /// The shares in percent: aperture=10,acme=90; the others take what is left
    #[arg(required_unless_present_any = ["pause", "share", "by", "seed"])]
    pub(crate) weights: Option<String>,
    /// The rule whose choice it is
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: Option<String>,
    /// What happens where no rule applies
    #[arg(long)]
    pub(crate) otherwise: bool,
    #[command(flatten)]
    pub(crate) shape: Shape,
    /// Stop where the shares stand now
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

For shares, see `feats rollout --otherwise`.",
    group = ArgGroup::new("choice").required(true).args(["implementation", "default"]),
)]
pub(crate) struct Otherwise {
    /// The feature
    pub(crate) feature: String,
    /// Give this implementation
    #[arg(long = "use", value_name = "IMPLEMENTATION")]
    pub(crate) implementation: Option<String>,
    /// Let the default of the code decide
    #[arg(long)]
    pub(crate) default: bool,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Override {
    /// Give units an implementation, before all rules
    #[command(after_help = "Examples:\n  feats override add PaymentProcessor UserId=42,43 --use premium")]
    Add {
        /// The feature
        feature: String,
        /// The units: UserId=42,43
        #[arg(value_name = "SEGMENT=VALUES")]
        units: String,
        /// The implementation that they get
        #[arg(long = "use", value_name = "IMPLEMENTATION")]
        implementation: String,
        #[command(flatten)]
        publishing: Publishing,
    },
    /// Let the rules decide for units again
    #[command(after_help = "Examples:\n  feats override remove PaymentProcessor UserId=42")]
    Remove {
        /// The feature
        feature: String,
        /// The units: UserId=42,43
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
  feats rollback PaymentProcessor --to 0               as before any version

Rules, overrides, seeds and slots are restored as they were; a new version holds them. \
The pin is a switch of its own and stays as it is.")]
pub(crate) struct Rollback {
    /// The feature
    pub(crate) feature: String,
    /// The version to restore; 0 is before any
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: u64,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  feats remove OldFeature --comment \"gone from the code\"")]
pub(crate) struct Remove {
    /// The feature
    pub(crate) feature: String,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats import feats.json                              everything in it
  feats import feats.json --feature PaymentProcessor   one feature of it
  feats import state.yaml --feature PaymentProcessor   a state by itself
  feats export --store one.db | feats import - --store other.db

All states are checked before the first one is published. States that stand already are left alone.")]
pub(crate) struct Import {
    /// The document, of at most 16 MiB; - for standard input
    pub(crate) file: String,
    /// Only this feature
    #[arg(long, value_name = "FEATURE")]
    pub(crate) feature: Option<String>,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats restore last.jsonl --dry-run           what would be put back
  feats restore last.jsonl --yes

A program with a fallback file keeps the newest version of every feature in it. Where the store was emptied, or \
restored from an older copy, running programs go on by what they had; this puts it into the store again, as new \
versions.")]
pub(crate) struct Restore {
    /// The fallback file of a program
    pub(crate) file: PathBuf,
    /// Who restores; the user's name if not set
    #[arg(long, env = "FEATS_AUTHOR", hide_env_values = true, value_name = "NAME")]
    pub(crate) author: Option<String>,
    /// Also where somebody has written since the loss
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// Do not ask
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    /// Only print what would be put back
    #[arg(long)]
    pub(crate) dry_run: bool,
}
