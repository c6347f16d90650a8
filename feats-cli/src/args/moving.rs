//! Arguments of the commands that move flags from another system and back.

use std::fmt;

use clap::{Args, ValueEnum};
use feats::flags::ImportDecisionKind;

/// Another system with flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum System {
    /// The Python library flipper-client
    Flipper,
    /// The Python library Flypper
    Flypper,
    /// flipper-client in PostgreSQL
    FlipperPostgres,
    /// flipper-client in S3
    FlipperS3,
    /// flipper-client in Consul
    FlipperConsul,
    /// Flypper in a database of SQLAlchemy: PostgreSQL, MySQL or SQLite
    FlypperSql,
}

/// A system to which flags can go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportSystem {
    /// The Python library flipper-client
    Flipper,
}

/// How a ramp of Flipper goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ramps {
    /// Whole buckets join, each at the instant at which it joins in Flipper
    Steps,
    /// Users join one by one, over the same time
    Gradual,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats flag import --from flipper redis://localhost/features --dry-run
  feats flag import --from flipper redis://localhost/features
  feats flag import --from flypper rediss://:PASSWORD@cache.internal/2/flypper
  feats flag import --from flipper flags.jsonl --ramps gradual
  python dump.py | feats flag import --from flipper -
  feats flag import --from flipper-postgres postgres://ada:PASSWORD@db.internal/shop?table=feature_flags
  feats flag import --from flipper-s3 s3://flags?region=eu-central-1
  feats flag import --from flipper-consul consul://localhost/features
  feats flag import --from flypper-sql mysql://ada:PASSWORD@db.internal/shop

In a Redis or Consul, the keys of flags are features/NAME for flipper-client and flypper:flags:NAME for Flypper, unless the address \
ends in another base key or prefix. A number in the path of a Redis is that of the database. A file has one flag as JSON, a list of \
flags, or one flag in each line.

Every user keeps what they have: the buckets come along. All flags are checked before the first one is written. A \
second run writes only what has changed in the other system, and leaves alone what was changed here.")]
pub(crate) struct FlagImport {
    /// The system that the flags come from
    #[arg(long, value_enum, value_name = "SYSTEM")]
    pub(crate) from: System,
    /// The places of the flags: the address of a Redis, Consul, database or bucket, or a file; - reads standard input
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<String>,
    /// How ramps go on that have not ended
    #[arg(long, value_enum, default_value_t = Ramps::Steps, value_name = "HOW")]
    pub(crate) ramps: Ramps,
    /// Keep the bucketer of a flag that also has conditions, for the users that no condition covers
    #[arg(long)]
    pub(crate) bucket_after_conditions: bool,
    /// Overwrite flags that were changed here since their import, or were not imported
    #[arg(long)]
    pub(crate) replace: bool,
    /// The author of the change; defaults to the name of the current user
    #[arg(long, env = "FEATS_AUTHOR", hide_env_values = true, value_name = "NAME")]
    pub(crate) author: Option<String>,
    /// Print what would be imported, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

impl FlagImport {
    /// Returns `true` if an option decides about the choices of this kind.
    pub(crate) fn chooses(&self, kind: ImportDecisionKind) -> bool {
        match kind {
            ImportDecisionKind::BucketerIgnored => self.bucket_after_conditions,
            ImportDecisionKind::RampUnderWay => self.ramps == Ramps::Gradual,
            _ => false,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats flag export --to flipper > flags.jsonl
  feats flag export --to flipper NEW_CHECKOUT --output flags.jsonl
  feats flag export --to flipper --output redis://localhost/features

Writes one flag in each line, as flipper-client stores it, or the keys BASE_KEY/NAME of a Redis. Lists what \
flipper-client cannot express; a flag that it cannot express at all is left out, and the exit code is 1.")]
pub(crate) struct FlagExport {
    /// The system that the flags go to
    #[arg(long, value_enum, value_name = "SYSTEM")]
    pub(crate) to: ExportSystem,
    /// The names of the flags; all flags that are not archived if left out
    #[arg(value_name = "NAME")]
    pub(crate) flags: Vec<String>,
    /// A file, or the address of a Redis; defaults to standard output
    #[arg(long, short, value_name = "PLACE")]
    pub(crate) output: Option<String>,
    /// Overwrite keys and files that exist and differ
    #[arg(long, requires = "output")]
    pub(crate) replace: bool,
}

impl System {
    /// Returns `true` if the flags have the format of flipper-client.
    pub(crate) fn is_flipper(self) -> bool {
        match self {
            Self::Flipper | Self::FlipperPostgres | Self::FlipperS3 | Self::FlipperConsul => true,
            Self::Flypper | Self::FlypperSql => false,
        }
    }

    /// Returns the name as typed.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Flipper => "flipper",
            Self::Flypper => "flypper",
            Self::FlipperPostgres => "flipper-postgres",
            Self::FlipperS3 => "flipper-s3",
            Self::FlipperConsul => "flipper-consul",
            Self::FlypperSql => "flypper-sql",
        }
    }
}

/// Shows the name for people.
impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flipper | Self::FlipperPostgres | Self::FlipperS3 | Self::FlipperConsul => "flipper-client",
            Self::Flypper | Self::FlypperSql => "Flypper",
        })
    }
}
