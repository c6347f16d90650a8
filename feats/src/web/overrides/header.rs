//! Headers: finding the cookies of a request, and writing the one of a response.

use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};

use super::ignored::Why;
use crate::error::{Error, ErrorKind, Result};

/// How much of a request's cookies is searched.
const SEARCHED: usize = 64 * 1024;
/// How many cookies of the name are looked at. A browser sends several where they were set for several paths or domains.
const LOOKED_AT: usize = 4;

/// The values of the cookies with a name, in the browser's order, which has the most specific first.
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

/// A `Set-Cookie` header; `seconds` 0 removes the cookie.
pub(super) fn set_cookie(name: &str, value: &str, seconds: u64, secure: bool) -> Result<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let header = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    let mut header = HeaderValue::try_from(header)
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
