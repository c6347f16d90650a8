//! Headers: finding the cookies of a request, and writing the one of a response.

use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};

use super::rejected::Why;
use crate::error::{Error, ErrorKind, Result};
use crate::text::quoted;

/// How much of a request's cookies is searched.
const SEARCHED: usize = 64 * 1024;
/// How many cookies of the name are looked at. A browser sends several where they were set for several paths or domains.
const LOOKED_AT: usize = 4;

/// The values of the cookies with a name, in the browser's order, which has the most specific first.
///
/// The name is compared byte by byte. Parsers such as that of `cookie` trim white space around names: a page that may set a cookie
/// named ` __Host-feats`, as one of a subdomain may, could then replace the cookie whose name only this host may set. They also give up
/// on a header that is not UTF-8, because of a cookie that belongs to somebody else.
pub(super) fn values<'h>(headers: &'h HeaderMap, name: &str, mut ignore: impl FnMut(Why)) -> Vec<&'h [u8]> {
    let mut left = SEARCHED;
    let mut found = Vec::new();
    for header in headers.get_all(COOKIE) {
        let Some(rest) = left.checked_sub(header.len()) else {
            ignore(Why::TooLarge);
            break;
        };
        left = rest;
        let pairs = header.as_bytes().split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let values = pairs.filter_map(|pair| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"="));
        for value in values {
            if found.len() == LOOKED_AT {
                ignore(Why::TooLarge);
                return found;
            }
            found.push(value);
        }
    }
    found
}

/// Checks that browsers keep a cookie of this name: they refuse `__Host-` and `__Secure-` on one that is not secure. The path
/// is always `/` and there is no domain, as `__Host-` asks for too.
pub(super) fn check_prefix(name: &str, secure: bool) -> Result<()> {
    let starts_with = |prefix: &str| {
        let start = name.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    match ["__Host-", "__Secure-"].into_iter().find(|prefix| starts_with(prefix)).filter(|_| !secure) {
        None => Ok(()),
        Some(prefix) => {
            let message = format!(
                "no browser keeps a cookie named {} that is not secure; choose a name without {prefix}, or leave out \
                 secure(false)",
                quoted(name)
            );
            Err(Error::new(ErrorKind::Invalid, message))
        }
    }
}

/// A `Set-Cookie` header; `seconds` 0 removes the cookie.
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
        .map_err(|error| Error::new(ErrorKind::Invalid, "the cookie is no header").with_source(error))?;
    // Whoever logs headers logs that there is one.
    header.set_sensitive(true);
    Ok(header)
}

/// Says what is wrong with the name of a cookie, if anything is: it is a token of RFC 9110, of 1 to 100 characters.
pub(super) fn check_name(name: &str) -> Result<()> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match (1..=100).contains(&name.len()) && name.bytes().all(is_token) {
        true => Ok(()),
        false => {
            let message = "the name of a cookie has 1 to 100 letters, digits, and signs such as - and _";
            Err(Error::new(ErrorKind::Invalid, message))
        }
    }
}
