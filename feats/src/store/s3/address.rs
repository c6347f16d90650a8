//! The address of a bucket, parsed from a URL.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::error::{Error, ErrorKind, Result};

/// The start of all keys, if the URL has none.
const DEFAULT_PREFIX: &str = "feats";
const DEFAULT_REGION: &str = "us-east-1";
/// The default interval between polls of the head.
const DEFAULT_POLL: Duration = Duration::from_secs(5);
/// The default interval between listings of all objects.
const DEFAULT_CHECK: Duration = Duration::from_secs(600);
/// The shortest interval between polls of the head.
pub(super) const MIN_POLL: Duration = Duration::from_millis(100);
/// The maximum length of a prefix, in bytes: a key of S3 has at most 1 024.
const MAX_PREFIX_BYTES: usize = 200;

/// The address of a bucket, and how to use it.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) bucket: String,
    pub(super) prefix: String,
    pub(super) region: String,
    /// The address of a server other than that of AWS.
    pub(super) endpoint: Option<String>,
    pub(super) ca: Option<PathBuf>,
    pub(super) credentials: Option<Credentials>,
    /// The interval between polls of the head.
    pub(super) poll: Duration,
    /// The interval between listings of all objects.
    pub(super) check: Duration,
}

/// An access key and its secret.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) key: String,
    pub(super) secret: String,
}

impl Address {
    /// Parses `s3://bucket[/prefix][?option=value&…]`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`]. The message does not repeat any of the URL, because a mistyped URL may contain a secret.
    pub(super) fn parse(url: &str) -> Result<Self> {
        parse(url).map_err(|message| Error::new(ErrorKind::Invalid, format!("this is not a valid S3 URL: {message}")))
    }
}

/// The URL without options that may be secret.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)?;
        match &self.endpoint {
            Some(endpoint) => write!(f, "?endpoint={endpoint}"),
            None => Ok(()),
        }
    }
}

fn parse(url: &str) -> std::result::Result<Address, &'static str> {
    let rest = url.strip_prefix("s3://").ok_or("it does not start with s3://")?;
    let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
    if rest.contains(['@', '#']) {
        return Err("credentials do not belong in the URL; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let is_valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(is_valid) {
        return Err("the name of a bucket has 3 to 63 lower-case letters, digits, dots and hyphens");
    }
    let prefix = decoded(prefix.trim_end_matches('/'))?;
    let prefix = if prefix.is_empty() { DEFAULT_PREFIX.to_owned() } else { prefix };
    check_prefix(&prefix)?;
    let mut address = Address {
        bucket: bucket.to_owned(),
        prefix,
        region: DEFAULT_REGION.to_owned(),
        endpoint: None,
        ca: None,
        credentials: None,
        poll: DEFAULT_POLL,
        check: DEFAULT_CHECK,
    };
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').ok_or("an option has no value")?;
        let value = decoded(value)?;
        match name {
            "region" => address.region = value,
            "endpoint" if value.starts_with("http://") || value.starts_with("https://") => {
                address.endpoint = Some(value.trim_end_matches('/').to_owned());
            }
            "endpoint" => return Err("the endpoint starts with neither https:// nor http://"),
            "ca" => address.ca = Some(value.into()),
            _ => return Err("the options are region, endpoint and ca"),
        }
    }
    Ok(address)
}

/// Checks that a prefix consists of segments that every tool shows as they are.
fn check_prefix(prefix: &str) -> std::result::Result<(), &'static str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.!'()/".contains(c);
    if prefix.len() > MAX_PREFIX_BYTES {
        return Err("the prefix has more than 200 bytes");
    }
    if !prefix.chars().all(is_plain) {
        return Err("the prefix has characters other than ASCII letters, digits and - _ . ! ' ( ) /");
    }
    if prefix.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return Err("the prefix has a segment that is empty, `.` or `..`");
    }
    Ok(())
}

fn decoded(text: &str) -> std::result::Result<String, &'static str> {
    percent_decode_str(text).decode_utf8().map(Into::into).map_err(|_| "a percent-encoded value is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_bucket_a_prefix_and_options() {
        for (url, shown) in [
            ("s3://shop", "s3://shop/feats"),
            ("s3://shop/", "s3://shop/feats"),
            ("s3://shop/eu/feats/", "s3://shop/eu/feats"),
            ("s3://shop?region=eu-central-1&ca=ca.pem", "s3://shop/feats"),
            ("s3://shop/a?endpoint=http%3A%2F%2Flocalhost:9000/", "s3://shop/a?endpoint=http://localhost:9000"),
        ] {
            assert_eq!(Address::parse(url).expect(url).to_string(), shown);
        }
    }

    #[test]
    fn an_invalid_url_is_refused_without_being_repeated() {
        for (url, why) in [
            ("http://s3cret", "does not start with s3://"),
            ("s3://key:s3cret@shop", "credentials do not belong in the URL"),
            ("s3://shop?secret=s3cret", "the options are region, endpoint and ca"),
            ("s3://S3cret", "the name of a bucket"),
            ("s3://ab", "the name of a bucket"),
            ("s3://shop/s3cret//a", "empty, `.` or `..`"),
            ("s3://shop/../s3cret", "empty, `.` or `..`"),
            ("s3://shop/s3cret%20a", "characters other than"),
            ("s3://shop/s3cret%ff", "not UTF-8"),
            ("s3://shop?region", "an option has no value"),
            ("s3://shop?endpoint=s3cret", "starts with neither"),
        ] {
            let error = Address::parse(url).err().expect(url).to_string();
            assert!(error.contains(why) && !error.to_lowercase().contains("s3cret"), "{error}");
        }
    }
}
