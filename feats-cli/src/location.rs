//! Locations of stores: `redis://localhost`, `sqlite:feats.db`, or a bare path.

use std::convert::Infallible;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use feats::store::{self, Sqlite, Store};
use feats::{App, AppBuilder, ErrorKind};

use crate::failure::{Failure, Result};

/// The environment variable that names the store.
pub(crate) const STORE_VARIABLE: &str = "FEATS_STORE";

/// Returns `true` if a word may be the address of a store, and so may contain a password.
pub(crate) fn is_address(word: &str) -> bool {
    word.contains("://") || word.contains('@')
}

/// Returns `true` if a word is the URL of a Redis, which need not be valid.
pub(crate) fn is_redis(word: &str) -> bool {
    scheme(word).is_some_and(|(scheme, rest)| REDIS_SCHEMES.contains(&scheme) && rest.starts_with("//"))
}

/// The URL schemes of Redis.
const REDIS_SCHEMES: [&str; 6] =
    ["redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"];

/// The time that a command waits for a lock of another program. Publishing tries three times, which together stays within
/// the timeout of an app for one command.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// The location of a store, as typed. It is parsed only when it is opened: clap would repeat an invalid value in its
/// message, with the password that may be in it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Location {
    given: String,
}

/// An open store.
#[derive(Clone)]
pub(crate) enum OpenStore {
    Sqlite(Sqlite),
    Server(Arc<dyn Store>),
}

impl Location {
    /// Opens the store. Does not create it: for a command, a missing file is a mistyped path.
    pub(crate) fn open(&self) -> Result<OpenStore> {
        Ok(match self.open_or_create()? {
            OpenStore::Sqlite(store) => OpenStore::Sqlite(store.must_exist()),
            server => server,
        })
    }

    /// Opens the store. The first use creates an SQLite file that does not exist.
    pub(crate) fn open_or_create(&self) -> Result<OpenStore> {
        if let Some(path) = self.sqlite_path() {
            if path.is_empty() {
                return Err(Failure::Usage("the path is missing; use, for example, sqlite:feats.db".to_owned()));
            }
            return Ok(OpenStore::Sqlite(Sqlite::open(path)?.busy_timeout(LOCK_TIMEOUT)));
        }
        match scheme(&self.given) {
            Some((kind, _)) if kind != "sqlite" => store::open(&self.given).map(OpenStore::Server).map_err(|error| {
                // Without the colon and slashes, the scheme may be a user or a password.
                match error.kind() {
                    ErrorKind::Unsupported => Failure::Usage(mistyped(&self.given)),
                    _ => error.into(),
                }
            }),
            _ => Err(Failure::Usage(mistyped(&self.given))),
        }
    }

    /// Returns `true` if this is an SQLite file that does not exist.
    pub(crate) fn is_missing_file(&self) -> bool {
        self.sqlite_path().is_some_and(|path| !path.is_empty() && !Path::new(path).exists())
    }

    /// Returns the path of an SQLite file; `None` for the address of a server, and for one that is mistyped.
    fn sqlite_path(&self) -> Option<&str> {
        match scheme(&self.given) {
            Some(("sqlite", rest)) if !has_login(rest) => Some(rest.strip_prefix("//").unwrap_or(rest)),
            None if !is_address(&self.given) => Some(&self.given),
            _ => None,
        }
    }

    /// Returns `true` if the location was typed as this text.
    pub(crate) fn was_given_as(&self, text: &str) -> bool {
        self.given == text
    }
}

impl OpenStore {
    /// Returns the builder of an app that uses this store.
    pub(crate) fn app(&self) -> AppBuilder {
        match self.clone() {
            Self::Sqlite(store) => App::builder().store(store),
            Self::Server(store) => App::builder().store(store),
        }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        match self {
            Self::Sqlite(store) => store,
            Self::Server(store) => store,
        }
    }

    /// Closes the store, so that SQLite removes its temporary files.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Server(_) => {}
        }
    }
}

/// Returns the message for an invalid address. It does not repeat the address, which may contain a password.
fn mistyped(given: &str) -> String {
    let quote = given.starts_with(['"', '\'', '`', '“', '‘']);
    let advice = if quote { "; remove the quote at its start" } else { "" };
    let supported = store::examples();
    format!(
        "the address of the store is invalid (not shown, because it may contain a password); use {supported}{advice}"
    )
}

/// Returns `true` if a path starts with a user and a password, as only addresses of servers do.
fn has_login(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    first.rsplit_once('@').is_some_and(|(login, _)| login.contains(':'))
}

/// Splits off the scheme before the colon. A single letter is a drive, not a scheme.
fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let word = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (scheme.len() > 1 && word).then_some((scheme, rest))
}

impl FromStr for Location {
    type Err = Infallible;

    fn from_str(given: &str) -> std::result::Result<Self, Infallible> {
        Ok(Self { given: given.to_owned() })
    }
}

/// Shows the location as typed, without user and password; `…` for an invalid address.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match scheme(&self.given) {
            Some(("sqlite", rest)) if !has_login(rest) => f.write_str(&self.given),
            Some((kind, rest)) if kind != "sqlite" && rest.starts_with("//") => match rest.rsplit_once('@') {
                Some((_, place)) => write!(f, "{kind}://…@{place}"),
                None => f.write_str(&self.given),
            },
            _ if is_address(&self.given) => f.write_str("…"),
            _ => f.write_str(&self.given),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(given: &str) -> Result<String> {
        given.parse::<Location>().expect("parsing never fails").open().map(|opened| opened.store().name())
    }

    #[test]
    fn a_store_is_a_path_with_or_without_its_scheme() {
        for (given, name) in [
            ("sqlite:feats.db", "sqlite:feats.db"),
            ("sqlite:///var/feats.db", "sqlite:/var/feats.db"),
            ("sqlite:/var/feats.db", "sqlite:/var/feats.db"),
            ("feats.db", "sqlite:feats.db"),
            ("./a:b", "sqlite:./a:b"),
            (r"C:\feats.db", r"sqlite:C:\feats.db"),
        ] {
            assert_eq!(opened(given).ok().as_deref(), Some(name), "{given}");
        }
    }

    #[test]
    fn redis_stores_are_urls() {
        for (given, name) in [
            ("redis://localhost", "redis://localhost:6379"),
            ("rediss://ada:secret@localhost/2", "rediss://localhost:6379/2"),
            ("redis+sentinel://a,b/shop", "redis+sentinel://a:26379,b:26379/shop"),
            ("rediss+cluster://a", "rediss+cluster://a:6379"),
        ] {
            assert_eq!(opened(given).ok().as_deref(), Some(name), "{given}");
        }
        assert!(matches!(opened("redis:localhost"), Err(Failure::Feats(error, _)) if !error.is_unavailable()));
    }

    #[test]
    fn unsupported_stores_are_refused_by_name() {
        for given in ["mongodb://localhost/feats", "sqlit:feats.db"] {
            let Err(Failure::Usage(message)) = opened(given) else { panic!("{given}") };
            assert!(message.contains("use sqlite:PATH, redis://HOST"), "{message}");
        }
        assert!(matches!(opened("sqlite:"), Err(Failure::Usage(_))));
    }

    #[test]
    fn an_invalid_address_is_refused_without_being_repeated() {
        for given in [
            "\"redis://admin:secret@h\"",
            "'redis://admin:secret@h'",
            "“redis://admin:secret@h”",
            " redis://admin:secret@h",
            "redi://admin:secret@h",
            "redis//admin:secret@h",
            "http://secret",
            "admin:secret@h",
            ":secret@h",
            "sqlite://admin:secret@h/feats",
            "REDIS ://admin:secret@h",
        ] {
            let Err(Failure::Usage(message)) = opened(given) else { panic!("{given}") };
            assert!(message.contains("use sqlite:PATH, redis://HOST") && !message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for (given, displayed) in [
            ("redis://ada:secret@localhost/2?prefix=shop", "redis://…@localhost/2?prefix=shop"),
            ("redis+cluster://:se@cret@a,b", "redis+cluster://…@a,b"),
            ("redis://localhost", "redis://localhost"),
            ("postgres://ada:secret@h:5432/feats?schema=shop", "postgres://…@h:5432/feats?schema=shop"),
            ("consul://:secret@h/feats", "consul://…@h/feats"),
            ("sqlite://a@b.db", "sqlite://a@b.db"),
            ("\"redis://admin:secret@h\"", "…"),
            ("sqlite://admin:secret@h/x", "…"),
            ("admin:secret@h", "…"),
            ("redis:admin:secret@h", "…"),
        ] {
            let location: Location = given.parse().expect("parsing never fails");
            assert_eq!(location.to_string(), displayed);
            assert!(!format!("{location:?}").contains("secret"));
        }
    }
}
