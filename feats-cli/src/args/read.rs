//! Arguments of the commands that only read.

use clap::Args;
use clap_complete::Shell;

/// The default number of days for which a stale feature is unused, or serves only one implementation.
pub(crate) const STALE_DAYS: u32 = 30;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  feats show PaymentProcessor\n  feats show PaymentProcessor --json | jq .state.rules"
)]
pub(crate) struct Show {
    /// The name of the feature or flag
    pub(crate) feature: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats explain PaymentProcessor --set Country=CA --set UserId=42
  feats explain --set UserId=42                      every feature
  feats explain Search --set Environment=dev         an attribute of the program
  feats explain Search --set UserId=42 --path        every rule, and why

A segment that is not set has no value: conditions on it do not hold, and rollouts by it skip the user. \
Attributes of the program have the values that the program published, unless you set them.")]
pub(crate) struct Explain {
    /// The name of the feature or flag; all of them if left out
    pub(crate) feature: Option<String>,
    /// The value of a segment or attribute, such as Country=CA or input.Country=CA
    #[arg(long, value_name = "SEGMENT=VALUE")]
    pub(crate) set: Vec<String>,
    /// Show the decision step by step: each rule, each condition, the slot, the phase of a ramp
    #[arg(long)]
    pub(crate) path: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats experiment Search
  feats experiment Search --json | jq .experiments[0].sample_ratio

A unit counts for the arm that it used first. If the units do not match the weights (p < 0.001), some units were lost \
or added, and the results of the arms cannot be compared.")]
pub(crate) struct Experiment {
    /// The name of the feature
    pub(crate) feature: String,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  feats history PaymentProcessor\n  feats history PaymentProcessor --limit 5 --before 40"
)]
pub(crate) struct History {
    /// The name of the feature or flag
    pub(crate) feature: String,
    /// The maximum number of versions
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) limit: usize,
    /// List only versions before this one
    #[arg(long, value_name = "VERSION")]
    pub(crate) before: Option<u64>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats diff PaymentProcessor            the previous and the current version
  feats diff PaymentProcessor 3          version 3 and the current version
  feats diff PaymentProcessor 3 5
  feats diff PaymentProcessor 0 5        0 means before the first version")]
pub(crate) struct Diff {
    /// The name of the feature or flag
    pub(crate) feature: String,
    /// The older version; defaults to the previous version
    pub(crate) from: Option<u64>,
    /// The newer version; defaults to the current version
    pub(crate) to: Option<u64>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats export > feats.json                          all features
  feats export PaymentProcessor --yaml > payments.yaml

The document contains seeds and slots, so that importing it elsewhere assigns every unit as here.")]
pub(crate) struct Export {
    /// The names of the features; all features with a state if left out
    pub(crate) features: Vec<String>,
    /// Print YAML instead of JSON
    #[arg(long, conflicts_with = "json")]
    pub(crate) yaml: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats stale || echo \"time to clean up\"
  feats stale --days 90 --json | jq '.stale[] | select(.reason == \"unused\")'

A feature is stale if its expiry date has passed, if it was not used for the given number of days, or if in these days \
only one implementation was used and its state did not change. Only whole days count on which a program that counts \
uses of the feature ran. Features of the kinds ops and permission may serve one implementation for any number of days.")]
pub(crate) struct Stale {
    /// The number of days, at most 90
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
    /// The name of the shell
    pub(crate) shell: Shell,
}
