//! Headers: reading the cookies of a request, and building the `Set-Cookie` of a response.

use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};

use super::rejected::Rejection;
use crate::error::{Error, ErrorKind, Result};
use crate::text::quoted;

/// The maximum size of a request's cookies that is searched.
const MAX_HEADER_BYTES: usize = 64 * 1024;
/// The maximum number of cookies with the name that are checked. A browser sends several if they were set for several paths or domains.
const MAX_COOKIES: usize = 4;

/// Returns the values of the cookies with a name, in the order of the browser, which sends the most specific first.
///
/// The name is compared byte by byte. Parsers such as that of `cookie` trim white space around names. A page of a subdomain, which
/// can set a cookie named ` __Host-feats`, could then replace the cookie whose name only this host can set. Such parsers also reject
/// the whole header if another cookie in it is not UTF-8.
pub(super) fn values<'h>(headers: &'h HeaderMap, name: &str, mut reject: impl FnMut(Rejection)) -> Vec<&'h [u8]> {
    let mut left = MAX_HEADER_BYTES;
    let mut found = Vec::new();
    for header in headers.get_all(COOKIE) {
        let Some(rest) = left.checked_sub(header.len()) else {
            reject(Rejection::TooLarge);
            break;
        };
        left = rest;
        let pairs = header.as_bytes().split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let values = pairs.filter_map(|pair| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"="));
        for value in values {
            if found.len() == MAX_COOKIES {
                reject(Rejection::TooLarge);
                return found;
            }
            found.push(value);
        }
    }
    found
}

/// Checks that browsers accept a cookie with this name: they reject `__Host-` and `__Secure-` on a cookie that is not secure. The
/// other requirements of `__Host-` are always met: the path is `/`, and there is no domain.
pub(super) fn check_prefix(name: &str, secure: bool) -> Result<()> {
    let starts_with = |prefix: &str| {
        let start = name.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    match ["__Host-", "__Secure-"].into_iter().find(|prefix| starts_with(prefix)).filter(|_| !secure) {
        None => Ok(()),
        Some(prefix) => {
            let message = format!(
                "browsers reject a cookie named {} that is not secure; choose a name without {prefix}, or remove \
                 secure(false)",
                quoted(name)
            );
            Err(Error::new(ErrorKind::Invalid, message))
        }
    }
}

/// Builds a `Set-Cookie` header. With `seconds` 0 it removes the cookie.
pub(super) fn set_cookie(name: &str, value: &str, seconds: u64, secure: bool) -> Result<HeaderValue> {
    check_prefix(name, secure)?;
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let cookie = Cookie::build((name, value))
        .path("/")
        .max_age(Duration::seconds(seconds))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure);
    let mut header = HeaderValue::try_from(cookie.to_string())
        .map_err(|error| Error::new(ErrorKind::Invalid, "the cookie is not a valid header").with_source(error))?;
    // Logs of headers show its presence, not its value.
    header.set_sensitive(true);
    Ok(header)
}

/// Checks the name of a cookie: a token of RFC 9110 with 1 to 100 characters.
pub(super) fn check_name(name: &str) -> Result<()> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match (1..=100).contains(&name.len()) && name.bytes().all(is_token) {
        true => Ok(()),
        false => {
            let message = "the name of a cookie must have 1 to 100 letters, digits, and characters such as - and _";
            Err(Error::new(ErrorKind::Invalid, message))
        }
    }
}
