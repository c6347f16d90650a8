//! Files of certificates: every store checks them in the same way, before it connects.

use std::fs;
use std::path::Path;

use feats::ErrorKind;
use feats::store;
use feats_servers::Certificates;

#[tokio::test]
async fn a_file_that_cannot_be_used_is_named_as_the_cause() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (certificates, others) = (Certificates::create(directory.path()), Certificates::create(other.path()));
    let (certificate, key) = (certificates.certificate(), certificates.key());
    let file = |name: &str, content: &str| {
        let path = directory.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let (empty, large) = (file("empty.pem", ""), file("large.pem", &"\n".repeat((4 << 20) + 1)));
    let garbage = file("garbage.pem", "-----BEGIN CERTIFICATE-----\n!s3cret\n-----END CERTIFICATE-----\n");
    let missing = directory.path().join("missing.pem");

    let ca = |path: &Path| vec![("ca", path.to_owned())];
    let identity = |certificate: &Path, key: &Path| vec![("cert", certificate.to_owned()), ("key", key.to_owned())];
    for (options, file, kind, message) in [
        (ca(&missing), &missing, ErrorKind::Unavailable, "the certificate cannot be read"),
        (ca(&empty), &empty, ErrorKind::Invalid, "the file has no certificates in PEM"),
        (ca(&key), &key, ErrorKind::Invalid, "the file has no certificates in PEM"),
        (ca(&garbage), &garbage, ErrorKind::Invalid, "the certificates are not valid"),
        (ca(&large), &large, ErrorKind::Invalid, "the file is too large for certificates"),
        (identity(&certificate, &missing), &missing, ErrorKind::Unavailable, "the certificate cannot be read"),
        (identity(&certificate, &empty), &empty, ErrorKind::Invalid, "the file has no unencrypted private key in PEM"),
        (
            identity(&certificate, &others.key()),
            &others.key(),
            ErrorKind::Invalid,
            "the key does not belong to the certificate",
        ),
    ] {
        for url in URLS.iter().filter(|url| !url.starts_with("s3:") || options[0].0 == "ca") {
            let options: Vec<_> = options.iter().map(|(name, path)| format!("{name}={}", path.display())).collect();
            let store = store::open(format!("{url}{}", options.join("&"))).unwrap();
            let error = store.load().await.unwrap_err();
            assert_eq!((error.kind(), error.message()), (kind, message), "{url}");
            let report = format!("{error} {error:?}");
            assert!(report.contains(file.to_str().unwrap()) && !report.contains("s3cret"), "{report}");
        }
    }
}

/// The stores that encrypt. Their ports are closed.
const URLS: &[&str] = &[
    #[cfg(feature = "consul")]
    "consuls://127.0.0.1:1?",
    #[cfg(feature = "mysql")]
    "mysql://127.0.0.1:1/d?sslmode=verify-full&",
    #[cfg(feature = "postgres")]
    "postgres://127.0.0.1:1/d?sslmode=verify-full&",
    #[cfg(feature = "redis")]
    "rediss://127.0.0.1:1?",
    #[cfg(feature = "redis")]
    "rediss+sentinel://127.0.0.1:1/s?",
    #[cfg(feature = "redis")]
    "rediss+cluster://127.0.0.1:1?",
    #[cfg(feature = "s3")]
    "s3://shop?",
];
