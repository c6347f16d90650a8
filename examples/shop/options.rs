//! The options of the command line.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use feats::store::{Redis, Sqlite, Store};
use feats::{App, AppBuilder};

/// A small shop that uses feats.
#[derive(clap::Parser)]
#[command(name = "shop")]
pub(crate) struct Options {
    /// The port on 127.0.0.1; 0 selects a free one
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,

    /// The store of the states
    #[arg(long, value_name = "redis://HOST | sqlite:PATH", default_value_t)]
    pub(crate) store: Location,
}

/// The location of a store: an SQLite file, or a Redis URL.
#[derive(Clone)]
pub(crate) enum Location {
    Sqlite(PathBuf),
    Redis(String),
}

impl Location {
    /// Returns the builder of an app that uses this store.
    pub(crate) fn app(&self) -> feats::Result<AppBuilder> {
        Ok(match self {
            Self::Sqlite(path) => {
                let fallback_file = path.with_extension("last-known-good");
                App::builder().store(Sqlite::open(path)?).fallback_file(fallback_file)
            }
            Self::Redis(url) => {
                App::builder().store(Redis::open(url)?).fallback_file(next_to_executable("shop.last-known-good"))
            }
        })
    }
}

/// A file next to the executable, below `target`, and therefore not under version control.
impl Default for Location {
    fn default() -> Self {
        Self::Sqlite(next_to_executable("shop.db"))
    }
}

fn next_to_executable(name: &str) -> PathBuf {
    std::env::current_exe().unwrap_or_default().with_file_name(name)
}

impl FromStr for Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            // The URL is not parsed here, because clap would repeat an invalid URL with its password in the message.
            Some((scheme, _)) if scheme.starts_with("redis") => Ok(Self::Redis(text.to_owned())),
            _ => Err("unsupported store; use sqlite:PATH or redis://HOST".to_owned()),
        }
    }
}

/// Formats the location for the `feats` command, with a path relative to the current directory if possible. The password of a
/// Redis URL is left out, so the user has to add it.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => {
                let directory = std::env::current_dir().unwrap_or_default();
                let path: &Path = path.strip_prefix(directory).unwrap_or(path);
                write!(f, "sqlite:{}", path.display())
            }
            Self::Redis(url) => match Redis::open(url) {
                Ok(store) => f.write_str(&store.name()),
                Err(_) => f.write_str("redis://"),
            },
        }
    }
}
