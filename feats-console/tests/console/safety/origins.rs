//! Writes from other sites, and without an origin.

use axum::body::Body;
use axum::http::StatusCode;

use super::{WRITES, everyone};
use crate::fixture::{console, encoded};

const HOST: (&str, &str) = ("host", "ops.example");

/// Headers of forms from other sites, and of requests without a browser.
const FOREIGN: [&[(&str, &str)]; 24] = [
    &[],
    &[HOST],
    &[("origin", "http://ops.example")],
    &[HOST, ("sec-fetch-site", "cross-site")],
    &[HOST, ("sec-fetch-site", "same-site")],
    &[HOST, ("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
    &[HOST, ("origin", "https://evil.example")],
    &[HOST, ("origin", "http://ops.example.evil.example")],
    &[HOST, ("origin", "null")],
    &[HOST, ("origin", "")],
    &[HOST, ("sec-fetch-site", "")],
    &[HOST, ("sec-fetch-site", ""), ("origin", "")],
    &[HOST, ("sec-fetch-site", "none")],
    &[HOST, ("sec-fetch-site", "unheard-of"), ("origin", "http://ops.example")],
    &[HOST, ("sec-fetch-site", "same-origin"), ("origin", "null")],
    &[HOST, ("sec-fetch-site", "same-origin"), ("origin", "")],
    &[HOST, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
    &[HOST, ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-origin")],
    &[HOST, ("sec-fetch-site", "same-origin, same-origin")],
    &[HOST, ("origin", "http://ops.example"), ("origin", "https://evil.example")],
    &[HOST, ("origin", "http://ops.example:8080")],
    &[HOST, ("origin", "http://ops.example/")],
    &[("host", "evil.example"), ("origin", "http://ops.example")],
    &[HOST, ("host", "evil.example"), ("origin", "http://evil.example")],
];

#[tokio::test]
async fn a_form_from_another_site_is_rejected() {
    let console = console().await;
    let draft = everyone("premium");
    let fields =
        [("name", "Payments"), ("what", "edit"), ("base", "0"), ("draft", draft.as_str()), ("browser", "premium")];
    for path in WRITES {
        for headers in FOREIGN {
            let request = headers
                .iter()
                .fold(console.form(path, &fields), |request, (name, value)| request.header(*name, *value));
            let answer = console.send(request.body(Body::from(encoded(&fields))).expect("a request")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert!(answer.headers.get("set-cookie").is_none());
        }
    }
    assert_eq!(console.version("Payments"), 0, "nothing is written");
    for header in [("sec-fetch-site", "same-origin"), ("origin", "http://ops.example")] {
        let base = console.version("Payments").to_string();
        let fields = [("name", "Payments"), ("what", "edit"), ("base", base.as_str()), ("draft", draft.as_str())];
        let request = console.form("/publish", &fields).header(HOST.0, HOST.1).header(header.0, header.1);
        let answer = console.send(request.body(Body::from(encoded(&fields))).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{header:?}");
    }
}

/// In HTTP/2, the host is part of the address.
#[tokio::test]
async fn the_origin_is_compared_with_the_host_of_the_address() {
    let console = console().await;
    let draft = everyone("premium");
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "0"), ("draft", draft.as_str())];
    let send = async |origin: &str| {
        let request = console.form("http://ops.example/publish", &fields).header("origin", origin);
        console.send(request.body(Body::from(encoded(&fields))).expect("a request")).await.status
    };
    assert_eq!(send("http://evil.example").await, StatusCode::FORBIDDEN);
    assert_eq!(send("http://ops.example").await, StatusCode::SEE_OTHER);
}

/// A link, an image or a prefetch can request any address with any query.
#[tokio::test]
async fn a_get_request_writes_nothing() {
    let console = console().await;
    let query = encoded(&[
        ("name", "Payments"),
        ("what", "edit"),
        ("base", "0"),
        ("draft", &everyone("premium")),
        ("do", "add"),
    ]);
    for path in WRITES {
        let answer = console.get(&format!("{path}?{query}")).await;
        assert!(answer.headers.get("set-cookie").is_none());
        let is_page = path == "/feature";
        assert_eq!(answer.status, if is_page { StatusCode::OK } else { StatusCode::METHOD_NOT_ALLOWED }, "{path}");
    }
    assert_eq!(console.version("Payments"), 0);
}
