//! Arguments of the commands about whole stores.

use clap::Args;

use crate::location::Location;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats copy --from feats.db --to redis://localhost --dry-run
  feats copy --from redis://localhost --to sqlite:backup.db
  feats copy --from redis://localhost --to redis://new.internal?prefix=shop

Copies all revisions byte for byte and verifies their hash chains, then the assignments of experiments, then the counters. \
The histories of the target must be empty, or beginnings of those of the source; otherwise every problem is listed and \
nothing is written. Run an interrupted copy again: it continues. Records of programs and instances are not copied: every \
program writes its own when it starts on the new store.")]
pub(crate) struct Copy {
    /// The store to read
    #[arg(long, value_name = "STORE")]
    pub(crate) from: Location,
    /// The store to write; an SQLite file is created if there is none
    #[arg(long, value_name = "STORE")]
    pub(crate) to: Location,
    /// Leave out the history of a feature, such as one from which the source has lost revisions
    #[arg(long, value_name = "FEATURE")]
    pub(crate) except: Vec<String>,
    /// Print what would be copied, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats doctor redis://localhost
  feats doctor --store feats.db
  feats doctor redis://localhost --json | jq .result

Only reads. The exit code is 0 if all is well, 1 if there are warnings, and 6 if the store cannot be used, or if the user \
lacks rights.")]
pub(crate) struct Doctor {
    /// The store; defaults to that of --store
    #[arg(value_name = "STORE")]
    pub(crate) location: Option<Location>,
}
