//! Which store: `redis://localhost`, `sqlite:feats.db`, or a bare path.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use feats::store::{Redis, Sqlite, Store};
use feats::text::quoted;
use feats::{App, AppBuilder};

use crate::failure::{Failure, Result};

/// The environment variable that names the store.
pub(crate) const VARIABLE: &str = "FEATS_STORE";

/// Whether a word may be the address of a store, with a password in it.
pub(crate) fn is_address(word: &str) -> bool {
    word.contains("://") || word.contains('@')
}

/// The schemes of addresses of Redis.
const REDIS: [&str; 6] = ["redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"];

/// Which addresses there are.
const KNOWN: &str = "it knows sqlite and redis: give redis://HOST, sqlite:PATH, or the path of the file";

/// How long a command waits for a lock of another program. Publishing tries three times, which stays within the time
/// that an app gives one command.
const BUSY: Duration = Duration::from_secs(2);

/// The place of a store, as it was given. Anything is one until it is opened: what cannot be parsed would be repeated
/// in the message about it, with the password that may be in it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Location {
    given: String,
}

/// An open store.
#[derive(Clone)]
pub(crate) enum Opened {
    Sqlite(Sqlite),
    Redis(Redis),
}

impl Location {
    /// A handle on the store, which is not made if there is none: to a tool, a missing file is a mistyped path.
    pub(crate) fn open(&self) -> Result<Opened> {
        let path = match scheme(&self.given) {
            Some(("sqlite", rest)) if !has_login(rest) => rest.strip_prefix("//").unwrap_or(rest),
            Some((kind, _)) if REDIS.contains(&kind) => return Ok(Opened::Redis(Redis::open(&self.given)?)),
            _ if is_address(&self.given) => return Err(Failure::Usage(mistyped(&self.given))),
            None => self.given.as_str(),
            Some((other, _)) => {
                let other = quoted(other);
                return Err(Failure::Usage(format!("this build knows no {other} stores; {KNOWN}")));
            }
        };
        if path.is_empty() {
            return Err(Failure::Usage("the path is missing; for example sqlite:feats.db".to_owned()));
        }
        Ok(Opened::Sqlite(Sqlite::open(path)?.must_exist().busy_timeout(BUSY)))
    }

    /// Whether it was given with these words.
    pub(crate) fn was_given_as(&self, words: &str) -> bool {
        self.given == words
    }
}

impl Opened {
    /// What an app is made with that uses this store.
    pub(crate) fn app(&self) -> AppBuilder {
        match self.clone() {
            Self::Sqlite(store) => App::builder().store(store),
            Self::Redis(store) => App::builder().store(store),
        }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        match self {
            Self::Sqlite(store) => store,
            Self::Redis(store) => store,
        }
    }

    /// Leaves nothing behind beside the store.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Redis(_) => {}
        }
    }
}

/// Why a text is not the address of a store. It is not repeated, since there may be a password in it.
fn mistyped(given: &str) -> String {
    let quote = given.starts_with(['"', '\'', '`', '“', '‘']);
    let advice = if quote { "; it begins with a quote, which does not belong to an address" } else { "" };
    format!(
        "this is not the address of a store, and is not repeated here, since it may hold a password; {KNOWN}{advice}"
    )
}

/// Whether a path begins with a user and a password, as only addresses of servers do.
fn has_login(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    first.rsplit_once('@').is_some_and(|(login, _)| login.contains(':'))
}

/// What stands before the colon, if that is a scheme. One letter is a drive.
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

/// As it was given, but for user and password; nothing of what is not an address.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match scheme(&self.given) {
            Some(("sqlite", rest)) if !has_login(rest) => f.write_str(&self.given),
            Some((kind, rest)) if REDIS.contains(&kind) && rest.starts_with("//") => match rest.rsplit_once('@') {
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
        given.parse::<Location>().expect("anything is a location").open().map(|opened| opened.store().name())
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
    fn a_redis_is_a_url() {
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
    fn other_stores_are_refused_by_name() {
        for given in ["postgres://localhost/feats", "sqlit:feats.db"] {
            let Err(Failure::Usage(message)) = opened(given) else { panic!("{given}") };
            assert!(message.contains("it knows sqlite and redis"), "{message}");
        }
        assert!(matches!(opened("sqlite:"), Err(Failure::Usage(_))));
    }

    #[test]
    fn a_mistyped_address_is_refused_without_being_repeated() {
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
            assert!(message.contains("it knows sqlite and redis") && !message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for (given, shown) in [
            ("redis://ada:secret@localhost/2?prefix=shop", "redis://…@localhost/2?prefix=shop"),
            ("redis+cluster://:se@cret@a,b", "redis+cluster://…@a,b"),
            ("redis://localhost", "redis://localhost"),
            ("sqlite://a@b.db", "sqlite://a@b.db"),
            ("\"redis://admin:secret@h\"", "…"),
            ("sqlite://admin:secret@h/x", "…"),
            ("admin:secret@h", "…"),
            ("redis:admin:secret@h", "…"),
        ] {
            let location: Location = given.parse().expect("anything is a location");
            assert_eq!(location.to_string(), shown);
            assert!(!format!("{location:?}").contains("secret"));
        }
    }
}
