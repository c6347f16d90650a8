//! The origin check: a write must come from a page of the same origin.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use axum::http::uri::{Authority, Uri};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The origins that writes may come from, in addition to the console's own.
#[derive(Clone, Debug)]
pub(super) struct Origins {
    trusted: Arc<[Origin]>,
}

/// An origin as browsers write it: `https://ops.example:8443`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    scheme: String,
    /// In lower case.
    host: String,
    /// The scheme's default if none is given.
    port: u16,
}

/// The value of a header that may occur once.
enum Header<T> {
    Missing,
    Once(T),
    Invalid,
}

impl Origins {
    pub(super) fn new(trusted: &[String]) -> Self {
        let parsed = trusted.iter().filter_map(|text| {
            let origin = Origin::parse(text);
            if origin.is_none() {
                tracing::warn!(origin = text, "ignored a trusted origin that is not an origin");
            }
            origin
        });
        Self { trusted: parsed.collect() }
    }

    /// Returns `true` if a write comes from an allowed origin. A write without an origin, or with contradictory ones, is not
    /// allowed.
    pub(super) fn allow(&self, request: &Request) -> bool {
        let headers = request.headers();
        let origin = match single_value(headers, &ORIGIN) {
            Header::Invalid => return false,
            Header::Missing => None,
            Header::Once(text) => match Origin::parse(text) {
                Some(origin) => Some(origin),
                // Browsers send `null` for origins that they hide.
                None => return false,
            },
        };
        if origin.as_ref().is_some_and(|origin| self.trusted.contains(origin)) {
            return !matches!(single_value(headers, &SEC_FETCH_SITE), Header::Invalid);
        }
        match single_value(headers, &SEC_FETCH_SITE) {
            // No page can forge this header, and unlike the host, proxies leave it unchanged.
            Header::Once("same-origin") => true,
            // Older browsers do not send it; reloading a page sends `none`.
            Header::Missing | Header::Once("none") => origin.is_some_and(|origin| targets(request, &origin)),
            Header::Once(_) | Header::Invalid => false,
        }
    }
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
        let is_bare = text.len() == scheme.len() + "://".len() + authority.as_str().len();
        if !is_bare || authority.as_str().contains('@') {
            return None;
        }
        Self::new(scheme, authority)
    }

    fn new(scheme: &str, authority: &Authority) -> Option<Self> {
        let default = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        let host = authority.host().to_ascii_lowercase();
        let port = match authority.port() {
            Some(port) => port.as_str().parse().ok()?,
            None => default,
        };
        (!host.is_empty()).then(|| Self { scheme: scheme.to_owned(), host, port })
    }
}

/// Returns `true` if a request is addressed to `origin`. The scheme is not compared, because a proxy may use another scheme
/// towards the program than towards browsers.
fn targets(request: &Request, origin: &Origin) -> bool {
    let authority = match (single_value(request.headers(), &HOST), request.uri().authority()) {
        (Header::Once(host), _) => host.parse::<Authority>().ok().filter(|host| !host.as_str().contains('@')),
        // In HTTP/2, the host is part of the address.
        (Header::Missing, authority) => authority.cloned(),
        (Header::Invalid, _) => None,
    };
    authority.and_then(|authority| Origin::new(&origin.scheme, &authority)).is_some_and(|own| own == *origin)
}

/// Returns the value of a header that must occur at most once.
fn single_value<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Header<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Header::Missing,
        (Some(value), None) => value.to_str().map_or(Header::Invalid, Header::Once),
        (Some(_), Some(_)) => Header::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn allowed(trusted: &[&str], headers: &[(&str, &str)]) -> bool {
        let trusted: Vec<String> = trusted.iter().map(|text| (*text).to_owned()).collect();
        let request =
            headers.iter().fold(Request::post("/publish"), |request, (name, value)| request.header(*name, *value));
        Origins::new(&trusted).allow(&request.body(Body::empty()).expect("a request"))
    }

    #[test]
    fn the_origin_must_match_the_host() {
        for (origin, host) in [
            ("http://ops.example", "ops.example"),
            ("http://ops.example", "ops.example:80"),
            ("https://ops.example", "ops.example"),
            ("https://OPS.example:443", "ops.EXAMPLE"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://[::1]:8080", "[::1]:8080"),
        ] {
            assert!(allowed(&[], &[("host", host), ("origin", origin)]), "{origin} {host}");
        }
        for (origin, host) in [
            ("http://ops.example", "ops.example:8080"),
            ("http://ops.example:8080", "ops.example"),
            ("http://ops.example", "evil.example"),
            ("http://ops.example.evil.example", "ops.example"),
            ("http://ops.example@evil.example", "ops.example"),
            ("http://evil.example", "ops.example@evil.example"),
            ("http://ops.example/", "ops.example"),
            ("file://ops.example", "ops.example"),
            ("ops.example", "ops.example"),
            ("//ops.example", "ops.example"),
            ("null", "null"),
            ("", ""),
            ("http://", ""),
            ("http://ops.example http://evil.example", "ops.example"),
        ] {
            assert!(!allowed(&[], &[("host", host), ("origin", origin)]), "{origin} {host}");
        }
    }

    #[test]
    fn repeated_headers_are_rejected() {
        let same = ("sec-fetch-site", "same-origin");
        let (host, origin) = (("host", "ops.example"), ("origin", "http://ops.example"));
        assert!(allowed(&[], &[same]) && allowed(&[], &[host, origin]) && allowed(&[], &[host, origin, same]));
        assert!(!allowed(&[], &[same, same]));
        assert!(!allowed(&[], &[same, ("sec-fetch-site", "cross-site")]));
        assert!(!allowed(&[], &[host, origin, origin]));
        assert!(!allowed(&[], &[same, origin, ("origin", "http://evil.example")]));
        assert!(!allowed(&[], &[host, ("host", "evil.example"), origin]));
    }

    #[test]
    fn a_trusted_origin_must_match_exactly() {
        let trusted = ["https://ops.example.com", "not an origin"];
        let cross = ("sec-fetch-site", "cross-site");
        assert!(allowed(&trusted, &[("origin", "https://ops.example.com")]));
        assert!(allowed(&trusted, &[("origin", "https://ops.example.com"), cross]));
        for origin in
            ["http://ops.example.com", "https://ops.example.com:444", "https://ops.example.com.evil", "null", ""]
        {
            assert!(!allowed(&trusted, &[("origin", origin), ("host", "inner")]), "{origin}");
        }
        assert!(!allowed(&trusted, &[("origin", "https://ops.example.com"), cross, cross]));
    }

    #[test]
    fn only_same_origin_requests_need_no_origin_header() {
        for site in
            ["", "none", "same-site", "cross-site", "Same-Origin", "same-origin ", "same-origin, cross-site", "unknown"]
        {
            assert!(!allowed(&[], &[("sec-fetch-site", site)]), "{site:?}");
        }
    }
}
