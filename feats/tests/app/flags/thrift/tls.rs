//! Connections with TLS, whose both sides have a certificate.

use std::path::Path;

use feats::flags::ThriftServer;
use feats::store::Memory;
use feats::{App, ErrorKind, attributes};
use feats_servers::Certificates;

use super::fixture::{Service, any_address, client};

async fn service(certificates: &Certificates) -> Service {
    let (certificate, key, ca) = (certificates.certificate(), certificates.key(), certificates.ca());
    Service::start_with(any_address(), |server| server.allow_writes().mutual_tls(certificate, key, ca)).await
}

fn url(service: &Service, ca: &Path, identity: Option<&Certificates>) -> String {
    let url = format!("thrifts://{}?ca={}", service.address, ca.display());
    match identity {
        Some(own) => format!("{url}&cert={}&key={}", own.certificate().display(), own.key().display()),
        None => url,
    }
}

#[tokio::test]
async fn the_subject_of_a_client_is_the_author_of_its_writes() {
    let directory = tempfile::tempdir().expect("a directory");
    let certificates = Certificates::create(directory.path());
    let service = service(&certificates).await;
    let app = client(&url(&service, &certificates.ca(), Some(&certificates)), Memory::new()).await;
    app.flags().create("A").enabled().await.expect("created");
    assert!(app.flags().is_enabled("A", &attributes! {}));
    let origin = service.app.flags().get("A");
    assert_eq!(origin.history().await.expect("read")[0].author(), "a server of the tests");
}

#[tokio::test]
async fn neither_side_accepts_a_stranger() {
    let (directory, other) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let (certificates, strangers) = (Certificates::create(directory.path()), Certificates::create(other.path()));
    let service = service(&certificates).await;
    let ca = certificates.ca();
    for (url, why) in [
        (url(&service, &certificates.wrong_ca(), Some(&certificates)), "is not trusted"),
        (url(&service, &ca, Some(&strangers)), "refused the certificate of this program"),
        (url(&service, &ca, None), "refused the certificate of this program"),
        (format!("thrift://{}", service.address), "requires thrifts://"),
        (url(&service, &directory.path().join("missing.pem"), None), "the certificate cannot be read"),
        (url(&service, &certificates.key(), None), "no certificates in PEM"),
    ] {
        let app = client(&url, Memory::new()).await;
        let warnings = app.status().warnings;
        assert!(warnings[0].contains(why), "{url}: {warnings:?}");
    }
    let plain = Service::start().await;
    let app = client(&url(&plain, &ca, None), Memory::new()).await;
    assert!(
        app.status().warnings[0].contains("if it does not use TLS, write thrift://"),
        "{:?}",
        app.status().warnings
    );
}

#[tokio::test]
async fn an_address_that_other_machines_reach_needs_mutual_tls() {
    let app = App::builder().store(Memory::new()).detached().start().await.expect("it starts");
    let server = ThriftServer::bind("0.0.0.0:0".parse().expect("an address")).await.expect("a free port");
    let error = server.serve(&app).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(error.to_string().contains("serve with mutual TLS, or on a loopback address"), "{error}");
}
