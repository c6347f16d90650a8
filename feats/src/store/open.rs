//! The address of any store: one URL, of which the scheme selects the kind of store.

use std::sync::Arc;

use super::Store;
use crate::error::{Error, ErrorKind, Result};

/// Opens the store at a URL, or the path of an SQLite file. Does not connect yet.
///
/// | URL | store | cargo feature |
/// |---|---|---|
/// | `sqlite:PATH`, or a path | `Sqlite` | `sqlite` |
/// | `postgres://HOST/DATABASE`, `postgresql://…` | `Postgres` | `postgres` |
/// | `mysql://HOST/DATABASE`, `mariadb://…` | `MySql` | `mysql` |
/// | `consul://HOST`, `consuls://…` | `Consul` | `consul` |
/// | `s3://BUCKET/PREFIX` | `S3` | `s3` |
/// | `redis://HOST`, `rediss://…`, `redis+sentinel://…`, `redis+cluster://…` | `Redis` | `redis` |
///
/// For programs that read the address of their store from a configuration. Options are part of the URL; the documentation of each
/// store lists them.
///
/// ```
/// # #[cfg(feature = "sqlite")] {
/// use feats::store::{self, Store};
///
/// let store = store::open("sqlite:feats.db")?;
/// assert_eq!(store.name(), "sqlite:feats.db");
/// # }
/// # Ok::<(), feats::Error>(())
/// ```
///
/// # Errors
/// - [`ErrorKind::Unsupported`] if the scheme is not that of a store, or if the cargo feature of the store is turned off.
/// - [`ErrorKind::Invalid`] if the URL is not valid.
///
/// The messages do not repeat any of the URL, because it may contain a password anywhere. A path is not secret, and is repeated.
pub fn open(url: impl AsRef<str>) -> Result<Arc<dyn Store>> {
    let url = url.as_ref();
    let Some((scheme, rest)) = split_scheme(url) else { return open_path(url) };
    if scheme == "sqlite" {
        return open_path(rest.strip_prefix("//").unwrap_or(rest));
    }
    match KINDS.iter().find(|kind| kind.schemes.contains(&scheme)) {
        Some(kind) => kind.open(url),
        None => Err(unsupported(format!("this is not the URL of a store; use {}", examples()))),
    }
}

/// Returns the addresses that [`open`] supports, for messages. Not public API.
#[doc(hidden)]
pub fn examples() -> String {
    let urls: Vec<&str> = KINDS.iter().map(|kind| kind.example).collect();
    format!("{}, or the path of an SQLite file", urls.join(", "))
}

/// Opens the store at a URL, or at a path.
type Opener = fn(&str) -> Result<Arc<dyn Store>>;

/// A kind of store.
struct Kind {
    schemes: &'static [&'static str],
    example: &'static str,
    feature: &'static str,
    /// `None` if the cargo feature is turned off.
    open: Option<Opener>,
}

/// Returns the function that opens a store; `None` if its cargo feature is turned off.
macro_rules! opener {
    ($feature:tt, $store:ident) => {{
        #[cfg(feature = $feature)]
        let opener: Option<Opener> = Some(|url| Ok(Arc::new(super::$store::open(url)?)));
        #[cfg(not(feature = $feature))]
        let opener = None;
        opener
    }};
}

const SQLITE: Kind =
    Kind { schemes: &["sqlite"], example: "sqlite:PATH", feature: "sqlite", open: opener!("sqlite", Sqlite) };

const KINDS: &[Kind] = &[
    SQLITE,
    Kind {
        schemes: &["redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"],
        example: "redis://HOST",
        feature: "redis",
        open: opener!("redis", Redis),
    },
    Kind {
        schemes: &["consul", "consuls"],
        example: "consul://HOST",
        feature: "consul",
        open: opener!("consul", Consul),
    },
    Kind { schemes: &["s3"], example: "s3://BUCKET/PREFIX", feature: "s3", open: opener!("s3", S3) },
    Kind {
        schemes: &["postgres", "postgresql"],
        example: "postgres://HOST/DATABASE",
        feature: "postgres",
        open: opener!("postgres", Postgres),
    },
    Kind {
        schemes: &["mysql", "mariadb"],
        example: "mysql://HOST/DATABASE",
        feature: "mysql",
        open: opener!("mysql", MySql),
    },
];

impl Kind {
    fn open(&self, address: &str) -> Result<Arc<dyn Store>> {
        let feature = self.feature;
        match self.open {
            Some(open) => open(address),
            None => Err(unsupported(format!("this store needs the cargo feature `{feature}` of feats; turn it on"))),
        }
    }
}

fn open_path(path: &str) -> Result<Arc<dyn Store>> {
    SQLITE.open(path)
}

fn unsupported(message: String) -> Error {
    Error::new(ErrorKind::Unsupported, message)
}

/// Splits off the scheme before the colon. A single letter is a drive, not a scheme.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_word = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (scheme.len() > 1 && is_word).then_some((scheme, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> Error {
        match open(url) {
            Ok(store) => panic!("{} was opened", store.name()),
            Err(error) => error,
        }
    }

    #[test]
    #[cfg(all(feature = "sqlite", feature = "redis"))]
    fn the_scheme_selects_the_store() {
        for (url, name) in [
            ("sqlite:feats.db", "sqlite:feats.db"),
            ("sqlite:///var/feats.db", "sqlite:/var/feats.db"),
            ("./a:b", "sqlite:./a:b"),
            (r"C:\feats.db", r"sqlite:C:\feats.db"),
            ("rediss://ada:secret@h/2?prefix=shop", "rediss://h:6379/2?prefix=shop"),
            ("redis+sentinel://a,b/shop", "redis+sentinel://a:26379,b:26379/shop"),
        ] {
            assert_eq!(open(url).unwrap().name(), name);
        }
    }

    #[test]
    fn an_unknown_scheme_lists_the_known_ones() {
        let error = refused("mongodb://ada:secret@h");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("use sqlite:PATH, redis://HOST"), "{error}");
    }

    #[test]
    fn a_store_without_its_cargo_feature_is_refused_with_the_feature() {
        let kind = Kind { open: None, ..SQLITE };
        let Err(error) = kind.open("feats.db") else { panic!("it was opened") };
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("needs the cargo feature `sqlite`"), "{error}");
    }

    #[test]
    fn a_refusal_repeats_nothing_of_a_url() {
        for url in [
            "\"redis://admin:secret@h\"",
            " redis://admin:secret@h",
            "redi://admin:secret@h",
            "redis:admin:secret@h",
            "redis://:sec/secret@h",
            "redis//admin:secret@h",
            "admin:secret@h",
            "sqlite://admin:secret@h/feats",
        ] {
            assert!(!format!("{:?}", refused(url)).contains("secret"), "{url}");
        }
    }
}
