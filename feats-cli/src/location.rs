//! Which store: `sqlite:feats.db`, or a bare path.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use feats::store::Sqlite;

/// The environment variable that names the store.
pub(crate) const VARIABLE: &str = "FEATS_STORE";

/// How long a command waits for a lock of another program. Publishing tries three times, which stays within the time
/// that an app gives one command.
const BUSY: Duration = Duration::from_secs(2);

/// The place of a store, as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    given: String,
    path: String,
}

impl Location {
    /// A handle on the store, which is not made if there is none: to a tool, a missing file is a mistyped path.
    pub(crate) fn open(&self) -> feats::Result<Sqlite> {
        Ok(Sqlite::open(&self.path)?.must_exist().busy_timeout(BUSY))
    }
}

/// What stands before the colon, if that is a scheme. One letter is a drive.
fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let word = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (scheme.len() > 1 && word).then_some((scheme, rest))
}

impl FromStr for Location {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, String> {
        let path = match scheme(given) {
            None => given,
            Some(("sqlite", rest)) => rest.strip_prefix("//").unwrap_or(rest),
            Some((other, _)) => {
                return Err(format!(
                    "this build knows no {other:?} stores; it knows sqlite: give sqlite:PATH, or the path of the file"
                ));
            }
        };
        if path.is_empty() {
            return Err("the path is missing; for example sqlite:feats.db".to_owned());
        }
        Ok(Self { given: given.to_owned(), path: path.to_owned() })
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_a_path_with_or_without_its_scheme() {
        for (given, path) in [
            ("sqlite:feats.db", "feats.db"),
            ("sqlite:///var/feats.db", "/var/feats.db"),
            ("sqlite:/var/feats.db", "/var/feats.db"),
            ("feats.db", "feats.db"),
            ("./a:b", "./a:b"),
            (r"C:\feats.db", r"C:\feats.db"),
        ] {
            assert_eq!(given.parse::<Location>().expect(given).path, path);
        }
    }

    #[test]
    fn other_stores_are_refused_by_name() {
        for given in ["redis://localhost", "postgres://localhost/feats", "sqlit:feats.db"] {
            let message = given.parse::<Location>().expect_err(given);
            assert!(message.contains("it knows sqlite"), "{message}");
        }
        assert!("sqlite:".parse::<Location>().is_err());
    }
}
