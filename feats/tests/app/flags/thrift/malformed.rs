//! Malformed, oversized and interrupted messages of clients and of services.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use feats::attributes;
use feats::store::Memory;

use super::fixture::{Service, client};

/// The header of a call with this name.
fn call(name: &str) -> Vec<u8> {
    let length = u32::try_from(name.len()).expect("short").to_be_bytes();
    [&[0x80, 1, 0, 1][..], &length, name.as_bytes(), &1_u32.to_be_bytes()].concat()
}

/// Sends bytes, and returns what the service answers before it closes the connection.
fn answer(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(address).expect("connected");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
    let mut answer = Vec::new();
    // A service that closes the connection before it has read everything has no answer either.
    let _ = socket.write_all(bytes).and_then(|()| socket.shutdown(std::net::Shutdown::Write));
    let _ = socket.read_to_end(&mut answer);
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_malformed_request_closes_only_its_connection() {
    let service = Service::start().await;
    service.app.flags().create("A").enabled().await.expect("created");
    let huge_string = [call("Get"), vec![11, 0, 1, 0x7f, 0xff, 0xff, 0xff]].concat();
    let negative_string = [call("Get"), vec![11, 0, 1, 0xff, 0xff, 0xff, 0xff]].concat();
    let huge_list = [call("SetMeta"), vec![12, 0, 2, 15, 0, 3, 13, 0x7f, 0xff, 0xff, 0xff]].concat();
    let deep = [call("Get"), [12, 0, 9].repeat(1_000)].concat();
    let too_long = [call("Get"), vec![11, 0, 9, 0, 0x0f, 0xff, 0xff], vec![b'x'; 2 * 1024 * 1024]].concat();
    for bytes in [
        &b""[..],
        b"GET / HTTP/1.1\r\n\r\n",
        &[0x80],
        &[0x80, 2, 0, 1],
        &[0x80, 1, 0, 99, 0, 0, 0, 0],
        &call("Get"),
        &call("Get")[..9],
        &huge_string,
        &negative_string,
        &huge_list,
        &deep,
        &too_long,
    ] {
        assert_eq!(answer(service.address, bytes), b"", "{:?}", &bytes[..bytes.len().min(40)]);
    }
    assert!(service.client().await.flags().is_enabled("A", &attributes! {}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_method_and_a_negative_page_are_refused_in_words() {
    let service = Service::start().await;
    for (request, why) in [
        ([call("Drop"), vec![0]].concat(), "this service has no method \"Drop\""),
        ([call("List"), vec![10, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]].concat(), "the limit is -1"),
    ] {
        let answer = answer(service.address, &request);
        assert!(String::from_utf8_lossy(&answer).contains(why), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_client_delays_no_other() {
    let service = Service::start().await;
    service.app.flags().create("A").enabled().await.expect("created");
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut socket = TcpStream::connect(service.address).expect("connected");
        socket.write_all(&[0x80, 1]).expect("sent");
        slow.push(socket);
    }
    assert!(service.client().await.flags().is_enabled("A", &attributes! {}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_answers_something_else_keeps_the_last_flags() {
    let service = Service::start().await;
    service.app.flags().create("A").enabled().await.expect("created");
    let (app, address) = (service.client().await, service.address);
    drop(service);
    let listener = loop {
        // The port is free once the service has ended.
        match TcpListener::bind(address) {
            Ok(listener) => break listener,
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    let huge_list =
        [vec![0x80, 1, 0, 2, 0, 0, 0, 4], b"List".to_vec(), vec![0, 0, 0, 1, 15, 0, 0, 12, 0x7f, 0xff, 0xff, 0xff]];
    let answers = [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), "does not answer in Thrift's binary protocol"),
        (vec![0x80, 2, 0, 2], "does not answer in Thrift's binary protocol"),
        (huge_list.concat(), "the answer of the service is too large"),
        (Vec::new(), "closed the connection"),
    ];
    let whys: Vec<&str> = answers.iter().map(|(_, why)| *why).collect();
    let server = std::thread::spawn(move || {
        for (answer, _) in answers {
            let (mut socket, _) = listener.accept().expect("a client");
            let _ = socket.read(&mut [0; 1_024]);
            socket.write_all(&answer).expect("sent");
        }
    });
    for why in whys {
        let error = app.refresh().await.expect_err("not a list");
        assert!(error.to_string().contains(why), "{error}");
        assert!(app.flags().is_enabled("A", &attributes! {}));
    }
    server.join().expect("it answered");
    let app = client(&format!("thrift://{address}"), Memory::new()).await;
    assert!(app.flags().list().names().is_empty());
}
