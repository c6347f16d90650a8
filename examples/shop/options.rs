//! What can be said on the command line.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A shop that runs on feats.
#[derive(clap::Parser)]
#[command(name = "shop")]
pub(crate) struct Options {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,

    /// Where the states are kept
    #[arg(long, value_name = "sqlite:PATH", default_value_t)]
    pub(crate) store: Location,
}

/// A SQLite file.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    pub(crate) path: PathBuf,
}

/// Beside the program, so below `target`: of this checkout alone, and never checked in.
impl Default for Location {
    fn default() -> Self {
        let program = std::env::current_exe().unwrap_or_default();
        Self { path: program.with_file_name("shop.db") }
    }
}

impl FromStr for Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self { path: path.into() }),
            _ => Err("the shop keeps a SQLite file; write sqlite:PATH".to_owned()),
        }
    }
}

/// As the `feats` command takes it; relative to where the shop was started if the file is below.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let here = std::env::current_dir().unwrap_or_default();
        let path: &Path = self.path.strip_prefix(here).unwrap_or(&self.path);
        write!(f, "sqlite:{}", path.display())
    }
}
