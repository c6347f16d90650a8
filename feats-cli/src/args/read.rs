//! Arguments of the commands that only read.

use clap::Args;
use clap_complete::Shell;

/// For how many days a feature is unused, or gives everyone the same, before it is stale; if nothing else is said.
pub(crate) const STALE_DAYS: u32 = 30;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  feats show PaymentProcessor\n  feats show PaymentProcessor --json | jq .state.rules"
)]
pub(crate) struct Show {
    /// The feature
    pub(crate) feature: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats explain PaymentProcessor --set Country=CA --set UserId=42
  feats explain --set UserId=42                      every feature
  feats explain Search --set Environment=dev         an attribute of the program
  feats explain Search --set UserId=42 --path        every rule, and why

What is not set has no value: no check on it holds, and no rollout by it includes the subject. \
Attributes of the program have the values that it published, unless they are set.")]
pub(crate) struct Explain {
    /// The feature; all of them if left out
    pub(crate) feature: Option<String>,
    /// A value of the subject, by segment: Country=CA, or input.Country=CA
    #[arg(long, value_name = "SEGMENT=VALUE")]
    pub(crate) set: Vec<String>,
    /// The way of the decision, step by step: each rule, each check, the slot, the side of a ramp
    #[arg(long)]
    pub(crate) path: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats experiment Search
  feats experiment Search --json | jq .experiments[0].sample_ratio

A unit counts for the arm that it used first. If the arms do not have the units that their weights promise (p < 0.001), \
units are lost or added somewhere, and what is measured of the arms cannot be compared.")]
pub(crate) struct Experiment {
    /// The feature
    pub(crate) feature: String,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  feats history PaymentProcessor\n  feats history PaymentProcessor --limit 5 --before 40"
)]
pub(crate) struct History {
    /// The feature
    pub(crate) feature: String,
    /// At most so many versions
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) limit: usize,
    /// Only versions before this one
    #[arg(long, value_name = "VERSION")]
    pub(crate) before: Option<u64>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats diff PaymentProcessor            the newest version and the one before
  feats diff PaymentProcessor 3          version 3 and the newest one
  feats diff PaymentProcessor 3 5
  feats diff PaymentProcessor 0 5        0 is before any version")]
pub(crate) struct Diff {
    /// The feature
    pub(crate) feature: String,
    /// The older version; the one before the newest if left out
    pub(crate) from: Option<u64>,
    /// The newer version; the newest if left out
    pub(crate) to: Option<u64>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats export > feats.json                          everything
  feats export PaymentProcessor --yaml > payments.yaml

The document holds seeds and slots, so that importing it moves nobody who need not move.")]
pub(crate) struct Export {
    /// The features; all that have a state if left out
    pub(crate) features: Vec<String>,
    /// Write YAML; JSON if not set
    #[arg(long, conflicts_with = "json")]
    pub(crate) yaml: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats stale || echo \"time to clean up\"
  feats stale --days 90 --json | jq '.stale[] | select(.why == \"unused\")'

A feature is stale when the day on which it expires is over, when it was not used for so many days, or when all its \
uses in so many days were of one implementation and its state did not change. Days count if they are whole and a \
program that counts uses of the feature ran on them. Features of the kinds ops and permission may give one answer for as long as they like.")]
pub(crate) struct Stale {
    /// For how many days, of 90
    #[arg(long, default_value_t = STALE_DAYS, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=90))]
    pub(crate) days: u32,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats completions bash > /etc/bash_completion.d/feats
  feats completions zsh > \"${fpath[1]}/_feats\"
  feats completions fish > ~/.config/fish/completions/feats.fish")]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: Shell,
}
