//! What can be said on the command line.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use feats::store::{Redis, Sqlite, Store};
use feats::{App, AppBuilder};

/// A shop that runs on feats.
#[derive(clap::Parser)]
#[command(name = "shop")]
pub(crate) struct Options {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,

    /// Where the states are kept
    #[arg(long, value_name = "redis://HOST | sqlite:PATH", default_value_t)]
    pub(crate) store: Location,
}

/// A SQLite file, or the URL of a Redis.
#[derive(Clone)]
pub(crate) enum Location {
    Sqlite(PathBuf),
    Redis(String),
}

impl Location {
    /// What an app is made with that keeps its states here.
    pub(crate) fn app(&self) -> feats::Result<AppBuilder> {
        Ok(match self {
            Self::Sqlite(path) => {
                let fallback_file = path.with_extension("last-known-good");
                App::builder().store(Sqlite::open(path)?).fallback_file(fallback_file)
            }
            Self::Redis(url) => App::builder().store(Redis::open(url)?).fallback_file(beside("shop.last-known-good")),
        })
    }
}

/// Beside the program, so below `target`: of this checkout alone, and never checked in.
impl Default for Location {
    fn default() -> Self {
        Self::Sqlite(beside("shop.db"))
    }
}

fn beside(name: &str) -> PathBuf {
    std::env::current_exe().unwrap_or_default().with_file_name(name)
}

impl FromStr for Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            // Not opened yet: the message about a URL that is none would show it, password and all.
            Some((scheme, _)) if scheme.starts_with("redis") => Ok(Self::Redis(text.to_owned())),
            _ => Err("the shop keeps its states in SQLite or Redis; write sqlite:PATH or redis://HOST".to_owned()),
        }
    }
}

/// As the `feats` command takes it; a file relative to where the shop was started if it is below. A Redis is shown
/// without its password, so a command on one that has a password is to be completed.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => {
                let here = std::env::current_dir().unwrap_or_default();
                let path: &Path = path.strip_prefix(here).unwrap_or(path);
                write!(f, "sqlite:{}", path.display())
            }
            Self::Redis(url) => match Redis::open(url) {
                Ok(store) => f.write_str(&store.name()),
                Err(_) => f.write_str("redis://"),
            },
        }
    }
}
