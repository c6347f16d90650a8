//! Answers of S3 that the test server does not give: each is an error that says what to do.

use std::io::{Read, Write};
use std::net::TcpListener;

use feats::ErrorKind;
use feats::store::{S3, Store};

use crate::writing::publish;

/// Starts a server that gives the same response to every request. Returns its address.
fn answering(response: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let _ = connection.read(&mut [0; 16 * 1024]);
            let _ = connection.write_all(response.as_bytes());
        }
    });
    address
}

fn response(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
}

fn store(endpoint: &str) -> S3 {
    S3::open(format!("s3://shop?endpoint={endpoint}")).unwrap().credentials("key", "s3cret")
}

#[tokio::test]
async fn every_rejection_has_its_own_message() {
    let credentials = "S3 rejected the credentials";
    let right = "the credentials lack a right on the bucket; the docs of feats::store::S3 list the required ones";
    let clock = "the clock of this machine differs from the server's by more than 15 minutes";
    let region = "the bucket is in another region; set `region`";
    for (status, code, message) in [
        ("403 Forbidden", "InvalidAccessKeyId", credentials),
        ("403 Forbidden", "SignatureDoesNotMatch", credentials),
        ("400 Bad Request", "ExpiredToken", credentials),
        ("403 Forbidden", "AccessDenied", right),
        ("403 Forbidden", "RequestTimeTooSkewed", clock),
        ("400 Bad Request", "AuthorizationHeaderMalformed", region),
        ("301 Moved Permanently", "PermanentRedirect", region),
        ("404 Not Found", "NoSuchBucket", "there is no bucket with this name; create it first"),
    ] {
        let body = format!("<Error><Code>{code}</Code><Message>no s3cret here</Message></Error>");
        let store = store(&answering(response(status, "", &body)));
        for error in [store.load().await.unwrap_err(), publish(&store, "Pay").await.unwrap_err()] {
            assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, message), "{code}: {error:?}");
            assert_eq!(error.store(), Some(store.name().as_str()));
        }
    }
}

#[tokio::test]
async fn a_server_that_fails_is_an_outage() {
    let body = "<Error><Code>SlowDown</Code></Error>";
    let store = store(&answering(response("503 Slow Down", "", body)));
    let error = store.load().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::Unavailable, "S3 cannot be reached, or failed"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_head_larger_than_the_limit_is_not_read() {
    let date = "Last-Modified: Sun, 01 Nov 2026 00:00:00 GMT\r\nETag: \"a\"\r\n";
    let start = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 16777217\r\n";
    let store = store(&answering(format!("{start}{date}\r\n{{")));
    let error = store.load().await.unwrap_err();
    let message = "an object has 16777217 bytes; the maximum is 16777216";
    assert_eq!((error.kind(), error.message()), (ErrorKind::TooLarge, message), "{error:?}");
}

/// The handshake is that of any server with TLS. No cryptography provider of the process is necessary.
#[tokio::test]
async fn the_certificate_of_the_server_is_verified() {
    if !feats_servers::available() {
        return;
    }
    let server = feats_servers::Redis::builder().tls().start();
    let endpoint = format!("https://127.0.0.1:{}", server.port());
    let error = store(&endpoint).load().await.unwrap_err();
    let message = "the certificate of the server is not trusted (UnknownIssuer); set its authority with `ca`";
    assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, message), "{error:?}");
    let error = store(&endpoint).tls_ca(server.certificates().wrong_ca()).load().await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, message), "{error:?}");
    // With the right authority the handshake succeeds, and what follows is not HTTP.
    let error = store(&endpoint).tls_ca(server.certificates().ca()).load().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    let error = store(&endpoint).tls_ca("no-such-file.pem").load().await.unwrap_err();
    let message = "the certificate cannot be read";
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unavailable, message), "{error:?}");
}
