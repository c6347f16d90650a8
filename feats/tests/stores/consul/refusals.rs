//! Invalid addresses and servers: each case has an error that says what to do.

use std::net::TcpListener;
use std::time::Duration;

use feats::ErrorKind;
use feats::store::{Consul, Cursor, Page, RevisionStamp, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::server;
use crate::writing::revision;

/// A token that no message may contain.
const SECRET: &str = "s3cret";

#[tokio::test]
async fn a_closed_port_is_an_error() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let store = Consul::open(format!("consul://:{SECRET}@127.0.0.1:{port}")).unwrap();
    let message = format!("127.0.0.1:{port} refused the connection; check that Consul runs there");
    refused(&store, ErrorKind::Unavailable, &message).await;
}

#[tokio::test]
async fn a_host_that_cannot_be_resolved_is_an_error() {
    let store = Consul::open(format!("consul://:{SECRET}@no-such-host.invalid")).unwrap();
    refused(&store, ErrorKind::Unavailable, "the host no-such-host.invalid cannot be resolved").await;
}

#[tokio::test]
async fn an_unknown_authority_and_a_wrong_scheme_are_errors() {
    if !feats_servers::Consul::available() {
        return;
    }
    let server = feats_servers::Consul::builder().tls().start();
    let (certificates, url) = (server.certificates(), server.tls_url());
    let host = url.strip_prefix("consuls://").unwrap();
    let stranger = Consul::open(&url).unwrap().tls_ca(certificates.wrong_ca());
    let message = format!("the certificate of {host} is not trusted (UnknownIssuer); set its authority with `ca`");
    refused(&stranger, ErrorKind::Invalid, &message).await;
    refused(&Consul::open(&url).unwrap(), ErrorKind::Invalid, &message).await;
    let nowhere = Consul::open(&url).unwrap().tls_ca("no-such-file.pem");
    refused(&nowhere, ErrorKind::Unavailable, "the certificate cannot be read").await;
    let garbage = Consul::open(&url).unwrap().tls_ca(certificates.key());
    refused(&garbage, ErrorKind::Invalid, "the file has no certificates in PEM").await;

    let plain = Consul::open(url.replace("consuls://", &format!("consul://:{SECRET}@"))).unwrap();
    let message = format!("{host} requires TLS; write consuls:// instead of consul://");
    refused(&plain, ErrorKind::Invalid, &message).await;
    let encrypted = Consul::open(server.url().replace("consul://", "consuls://")).unwrap();
    let message = format!("127.0.0.1:{} does not use TLS; write consul:// instead of consuls://", server.port());
    refused(&encrypted, ErrorKind::Invalid, &message).await;

    Consul::open(format!("{url}?ca={}", certificates.ca().display())).unwrap().load().await.unwrap();
}

#[tokio::test]
async fn an_agent_without_a_leader_is_an_outage() {
    let (status, body) = ("500 Internal Server Error", "No cluster leader");
    let store = answering(status, body).await;
    refused(&store, ErrorKind::Unavailable, "Consul has no leader; most of its servers must run").await;
}

#[tokio::test]
async fn another_server_is_an_error() {
    for (status, body) in [("200 OK", "<html>"), ("404 Not Found", "")] {
        let store = answering(status, body).await;
        let host = store.name().strip_prefix("consul://").unwrap().to_owned();
        refused(&store, ErrorKind::Unavailable, &format!("{host} does not answer like Consul; check the address"))
            .await;
    }
    let store = answering("429 Too Many Requests", "").await;
    refused(&store, ErrorKind::Unavailable, "Consul limits the rate of requests").await;
}

#[tokio::test]
async fn an_unknown_datacenter_is_an_error() {
    let Some(server) = server() else { return };
    let store = Consul::open(server.url()).unwrap().datacenter("elsewhere");
    let message = "the agent knows no servers in this data center; check `datacenter`";
    refused(&store, ErrorKind::Unavailable, message).await;
}

#[tokio::test]
async fn an_option_that_is_not_valid_fails_every_use() {
    let store = Consul::open("consul://127.0.0.1:1").unwrap();
    let message = "the base key must not contain an empty segment, `.` or `..`";
    refused(&store.clone().base_key("a/../b"), ErrorKind::Invalid, message).await;
    refused(&store.tls_ca("ca.pem"), ErrorKind::Invalid, "certificates require consuls://").await;
}

#[test]
fn a_token_is_never_shown() {
    let store = Consul::open(format!("consul://:{SECRET}@localhost/shop")).unwrap();
    for store in [store.clone(), store.token(format!("other{SECRET}"))] {
        let shown = format!("{} {store:?} {store:#?} {}", store.name(), store.identity());
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

/// Opens the store of a server that gives the same answer to every request.
async fn answering(status: &'static str, body: &'static str) -> Consul {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 8 << 10];
            let _ = stream.read(&mut request).await;
            let length = body.len();
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    Consul::open(format!("consul://127.0.0.1:{port}")).unwrap()
}

/// Checks that every use fails with this error, which contains no secret.
async fn refused(store: &Consul, kind: ErrorKind, message: &str) {
    for error in [
        store.load().await.map(drop).unwrap_err(),
        store.append(RevisionStamp::default(), &revision("Fee", None, 10)).await.map(drop).unwrap_err(),
        store.watch(&Cursor("a:0:".to_owned()), Duration::ZERO).await.map(drop).unwrap_err(),
        store.history("Fee", Page::default()).await.map(drop).unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.message()), (kind, message), "{error:?}");
        assert_eq!(error.store(), Some(store.name().as_str()));
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    }
}
