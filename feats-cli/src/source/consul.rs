//! A Consul with flags, as flipper-client writes them: the key is `BASE_KEY/NAME`.

use feats::store::Consul;

use super::found::{Found, MAX_FLAG_BYTES};
use crate::failure::Result;

/// The base key of flipper-client, unless another one is set.
const BASE_KEY: &str = "features";

/// Opens the Consul at a URL, whose path is the base key if it is not the usual one.
///
/// # Errors
/// The URL or the base key is not valid. The message does not repeat the URL, because it may contain a token.
pub(super) fn open(given: &str) -> Result<Consul> {
    let consul = Consul::open(given)?;
    let consul = if has_base_key(given) { consul } else { consul.base_key(BASE_KEY) };
    consul.key_prefix()?;
    Ok(consul)
}

/// Reads all flags, sorted by name.
pub(super) async fn read(consul: &Consul) -> Result<Vec<Found>> {
    let prefix = consul.key_prefix()?;
    let found = |(key, value): (String, Option<Vec<u8>>)| Found {
        text: match value {
            Some(bytes) => String::from_utf8(bytes).map_err(|_| "the value is not UTF-8".to_owned()),
            None => Err(format!("the value has more than {MAX_FLAG_BYTES} bytes")),
        },
        name: key.strip_prefix(&prefix).map(str::to_owned),
        place: key,
    };
    Ok(Box::pin(consul.plain_values(MAX_FLAG_BYTES)).await?.into_iter().map(found).collect())
}

/// Returns `true` if a valid URL has a path.
fn has_base_key(url: &str) -> bool {
    let (place, _) = url.split_once('?').unwrap_or((url, ""));
    let path = place.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    path.is_some_and(|(_, path)| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_the_base_key() {
        for (given, prefix) in [
            ("consul://h", "features/"),
            ("consul://h:1/", "features/"),
            ("consuls://:t%2Fk@h?ca=/c.pem", "features/"),
            ("consul://h/flags", "flags/"),
            ("consul://h/team/fl%20ags/?datacenter=a/b", "team/fl ags/"),
        ] {
            assert_eq!(open(given).expect(given).key_prefix().expect(given), prefix);
        }
        for given in ["consul://:secret@h//flags", "consul://user:secret@h", "redis://:secret@h", "consul://:sec/ret@h"]
        {
            let failure = open(given).expect_err(given);
            assert!(!format!("{failure:?}").contains("secret"), "{failure:?}");
        }
    }
}
