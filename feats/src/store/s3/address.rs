//! The address of a bucket, parsed from a URL.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::Result;
use crate::url::{Grammar, HostPort, Parsed, Url, percent_decode};

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

/// The message about a URL with a user.
const NO_LOGIN: &str = "credentials do not belong in the URL; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

const GRAMMAR: Grammar =
    Grammar { product: "S3", schemes: &["s3"], options: &["region", "endpoint", "ca"], no_login: Some(NO_LOGIN) };

/// The grammar of an endpoint.
const ENDPOINT: Grammar =
    Grammar { product: "S3", schemes: &["https", "http"], options: &[], no_login: Some(NO_LOGIN) };

/// The port of an endpoint, which is only checked.
const DEFAULT_PORT: u16 = 443;

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
    /// [`Invalid`](crate::ErrorKind::Invalid). The message does not repeat any of the URL, because a mistyped URL may contain a
    /// secret.
    pub(super) fn parse(url: &str) -> Result<Self> {
        GRAMMAR.parse(url, parse)
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

fn parse(mut url: Url<'_>) -> Parsed<Address> {
    let is_valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    if !(3..=63).contains(&url.hosts.len()) || !url.hosts.chars().all(is_valid) {
        return Err("the name of a bucket has 3 to 63 lower-case letters, digits, dots and hyphens".into());
    }
    let prefix = percent_decode(url.path.strip_suffix('/').unwrap_or(url.path))?;
    let prefix = if prefix.is_empty() { DEFAULT_PREFIX.to_owned() } else { prefix };
    check_prefix(&prefix)?;
    let region = url.options.take("region").unwrap_or_else(|| DEFAULT_REGION.to_owned());
    if !region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err("a region has letters, digits and hyphens".into());
    }
    Ok(Address {
        bucket: url.hosts.to_owned(),
        prefix,
        region,
        endpoint: url.options.take("endpoint").map(parse_endpoint).transpose()?,
        ca: url.options.take("ca").map(Into::into),
        credentials: None,
        poll: DEFAULT_POLL,
        check: DEFAULT_CHECK,
    })
}

fn parse_endpoint(endpoint: String) -> Parsed<String> {
    let parsed = ENDPOINT.split(&endpoint).and_then(|url| HostPort::parse(url.hosts, DEFAULT_PORT));
    parsed.map_err(|why| format!("the endpoint is not valid: {why}"))?;
    Ok(endpoint.trim_end_matches('/').to_owned())
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
}
