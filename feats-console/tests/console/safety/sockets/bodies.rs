//! Bodies and heads that exceed their limits or have an ambiguous length.

use super::{SAME_ORIGIN, SOON, Server, form, get, head};
use crate::fixture::{console, encoded};
use crate::safety::everyone;

const MIB: usize = 1 << 20;

#[tokio::test]
async fn a_body_with_a_too_large_length_is_rejected_before_it_is_sent() {
    let console = console().await;
    let server = Server::start(&console).await;
    for length in ["2097152", "1048577", "18446744073709551614", "99999999999999999999"] {
        for expect in ["", "Expect: 100-continue\r\n"] {
            let mut connection = server.connect().await;
            let headers = format!("{SAME_ORIGIN}{expect}Content-Length: {length}\r\n");
            connection.send(head("ada", "/publish", &headers).as_bytes()).await;
            let reply = tokio::time::timeout(SOON, connection.reply()).await.expect("in time");
            let status = reply.map(|reply| reply.status);
            assert!(matches!(status, None | Some(400 | 413 | 431)), "{length} {expect}: {status:?}");
        }
    }
    server.still_works().await;
}

#[tokio::test]
async fn a_sender_without_permission_is_answered_before_the_body() {
    let console = console().await;
    let server = Server::start(&console).await;
    for (user, headers) in [
        ("", format!("{SAME_ORIGIN}Content-Length: 1000\r\n")),
        ("", format!("{SAME_ORIGIN}Transfer-Encoding: chunked\r\n")),
        ("", format!("{SAME_ORIGIN}Expect: 100-continue\r\nContent-Length: 1000\r\n")),
        ("ada", "Content-Length: 1000\r\n".to_owned()),
    ] {
        for path in crate::safety::WRITES {
            let mut connection = server.connect().await;
            connection.send(head(user, path, &headers).as_bytes()).await;
            let reply = tokio::time::timeout(SOON, connection.reply()).await.expect("in time");
            assert_eq!(reply.map(|reply| reply.status), Some(403), "{path} {user:?} {headers}");
        }
    }
}

/// Sends chunks until the server stops reading.
#[tokio::test]
async fn an_endless_chunked_body_is_cut_off() {
    let console = console().await;
    let server = Server::start(&console).await;
    let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 64 << 10], b"\r\n"].concat();
    for user in ["ada", ""] {
        let mut connection = server.connect().await;
        connection
            .send(head(user, "/publish", &format!("{SAME_ORIGIN}Transfer-Encoding: chunked\r\n")).as_bytes())
            .await;
        let mut sent = 0;
        while sent < 64 * MIB && matches!(tokio::time::timeout(SOON, connection.send(&chunk)).await, Ok(true)) {
            sent += chunk.len();
        }
        // The buffers of the connection take some MiB more than the limit.
        assert!(sent < 32 * MIB, "{user:?}: {sent} bytes were taken");
        let status = connection.reply().await.map(|reply| reply.status);
        assert!(matches!(status, None | Some(403 | 413)), "{user:?}: {status:?}");
    }
    server.still_works().await;
}

#[tokio::test]
async fn a_too_large_head_is_rejected() {
    let console = console().await;
    let server = Server::start(&console).await;
    let long = |length: usize| format!("X-Long: {}\r\n", "x".repeat(length));
    let many: String = (0..1_000).map(|number| format!("X-{number}: x\r\n")).collect();
    for headers in [long(40 << 10), long(MIB), long(16 << 10).repeat(3), many] {
        let mut connection = server.connect().await;
        let request = get("ada", "/features").replace("\r\n\r\n", &format!("\r\n{headers}\r\n"));
        connection.send(request.as_bytes()).await;
        let status = connection.reply().await.map(|reply| reply.status);
        assert!(matches!(status, None | Some(400 | 413 | 431)), "{}: {status:?}", headers.len());
    }
    for path in ["x".repeat(9 << 10), "x".repeat(MIB)] {
        let mut connection = server.connect().await;
        connection.send(get("ada", &format!("/features?q={path}")).as_bytes()).await;
        let status = connection.reply().await.map(|reply| reply.status);
        assert!(matches!(status, None | Some(413 | 414 | 431)), "{}: {status:?}", path.len());
    }
    server.still_works().await;
}

#[tokio::test]
async fn a_body_with_an_ambiguous_length_is_rejected() {
    let console = console().await;
    let server = Server::start(&console).await;
    let draft = everyone("premium");
    let body = encoded(&[("name", "Payments"), ("what", "edit"), ("base", "0"), ("draft", &draft)]);
    let length = body.len();
    for lengths in [
        format!("Content-Length: {length}\r\nContent-Length: 5\r\n"),
        format!("Content-Length: {length}, 5\r\n"),
        format!("Content-Length: +{length}\r\n"),
        format!("Content-Length: -{length}\r\n"),
        format!("Content-Length: 0x{length:x}\r\n"),
        format!("Content-Length : {length}\r\n"),
        "Transfer-Encoding: identity\r\n".to_owned(),
        "Transfer-Encoding: chunked, identity\r\n".to_owned(),
        // The body is not chunked.
        format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"),
    ] {
        let mut connection = server.connect().await;
        let request = head("ada", "/publish", &format!("{SAME_ORIGIN}{lengths}")) + &body;
        connection.send(request.as_bytes()).await;
        let status = tokio::time::timeout(SOON, connection.reply()).await.expect("in time").map(|reply| reply.status);
        assert!(matches!(status, None | Some(400 | 413)), "{lengths}: {status:?}");
    }
    assert_eq!(console.version("Payments"), 0, "nothing is written");
}

/// A proxy may send the requests of several users over one connection.
#[tokio::test]
async fn the_body_of_a_rejected_request_is_not_parsed_as_the_next_request() {
    let console = console().await;
    let server = Server::start(&console).await;
    let draft = everyone("premium");
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "0"), ("draft", draft.as_str())];
    let inner = form("ada", "/publish", &fields);
    let length = format!("Content-Length: {}\r\n", inner.len());
    for outer in [
        head("", "/publish", &format!("{SAME_ORIGIN}{length}")),
        head("ada", "/publish", &length),
        head("ada", "/nothing", &format!("{SAME_ORIGIN}{length}")),
        head("ada", "/features", &format!("{SAME_ORIGIN}{length}")),
        get("ada", "/features").replace("\r\n\r\n", &format!("\r\n{length}\r\n")),
    ] {
        let mut connection = server.connect().await;
        connection.send((outer.clone() + &inner).as_bytes()).await;
        assert!(connection.reply().await.is_some(), "{outer}");
        // The next request has its own response, unless the server has closed the connection.
        connection.send(get("ada", "/nothing").as_bytes()).await;
        let next = connection.reply().await.map(|reply| reply.status);
        assert!(matches!(next, None | Some(404)), "{outer}: {next:?}");
        assert_eq!(console.version("Payments"), 0, "{outer}");
    }
}
