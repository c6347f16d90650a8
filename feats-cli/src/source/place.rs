//! Places where other systems keep flags: `redis://HOST/2/features`, or the path of a file.

use std::fmt;

use feats::store::{Redis, Store};

use crate::failure::{Failure, Result};
use crate::location::{is_address, is_redis};

/// A place with flags of another system.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// The path of a file, or `-` for the standard streams.
    File(String),
    /// A Redis. The prefix of its URL is the start of the keys, if it is not the usual one.
    Redis(Redis),
}

impl Place {
    /// Parses a place as typed: the URL of a Redis, which may end in the start of the keys, or the path of a file.
    ///
    /// # Errors
    /// The URL is not valid. The message does not repeat it, because it may contain a password.
    pub(crate) fn parse(given: &str) -> Result<Self> {
        if !is_redis(given) {
            return match is_address(given) {
                true => Err(Failure::Usage(
                    "a source is not valid (not shown, because it may contain a password); use redis://HOST/BASE_KEY, \
                     or the path of a file"
                        .to_owned(),
                )),
                false => Ok(Self::File(given.to_owned())),
            };
        }
        Ok(Self::Redis(Redis::open(with_prefix_option(given))?))
    }

    /// Returns `true` for a standard stream.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self, Self::File(path) if path == "-")
    }
}

/// Shows the place without user and password.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) if path == "-" => f.write_str("standard input"),
            Self::File(path) => f.write_str(path),
            Self::Redis(store) => f.write_str(&store.name()),
        }
    }
}

/// Moves the start of the keys from the path of a URL to its option `prefix`: `redis://HOST/2/features` becomes
/// `redis://HOST/2?prefix=features`. What is not a number in the path of one server is the start of the keys; a path of Sentinel
/// begins with the service.
fn with_prefix_option(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (path, options) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    let mut segments: Vec<&str> = path.split('/').collect();
    let service = usize::from(scheme.ends_with("+sentinel"));
    let is_number = |segment: &&str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    let kept = 1 + service + usize::from(segments.get(1 + service).is_some_and(is_number));
    let base_key = segments.split_off(kept.min(segments.len())).join("/");
    // An `@` after the first slash is part of a mistyped password, which the store reports.
    if base_key.is_empty() || base_key.contains('@') {
        return url.to_owned();
    }
    let separator = if options.is_empty() { "?" } else { "&" };
    format!("{scheme}://{}{options}{separator}prefix={}", segments.join("/"), base_key.replace('&', "%26"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_redis_can_end_in_the_start_of_the_keys() {
        for (given, url) in [
            ("redis://h", "redis://h"),
            ("redis://h/", "redis://h/"),
            ("redis://h/2", "redis://h/2"),
            ("redis://h/features", "redis://h?prefix=features"),
            ("redis://h/2/features", "redis://h/2?prefix=features"),
            ("rediss://:p@h:1/team/a?ca=c.pem", "rediss://:p@h:1?ca=c.pem&prefix=team/a"),
            ("redis+sentinel://a,b/main/features", "redis+sentinel://a,b/main?prefix=features"),
            ("redis+sentinel://a,b/main/1/features", "redis+sentinel://a,b/main/1?prefix=features"),
            ("redis://h?prefix=flags", "redis://h?prefix=flags"),
            ("redis://:sec/ret@h", "redis://:sec/ret@h"),
        ] {
            assert_eq!(with_prefix_option(given), url);
        }
    }

    #[test]
    fn a_place_is_a_redis_or_a_file_and_never_shows_a_password() {
        let shown = |given| Place::parse(given).expect(given).to_string();
        assert_eq!(shown("redis://ada:secret@h/features"), "redis://h:6379?prefix=features");
        assert_eq!((shown("flags.json"), shown("-")), ("flags.json".to_owned(), "standard input".to_owned()));
        for given in ["http://:secret@h", "redis://:sec/secret@h", "redis:admin:secret@h", "redi://:secret@h"] {
            let failure = Place::parse(given).expect_err(given);
            assert!(!format!("{failure:?}").contains("secret"), "{failure:?}");
        }
    }
}
