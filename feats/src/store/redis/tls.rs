//! Certificates in the form of the driver, and the cryptography provider.

use redis::{ClientTlsConfig, TlsCertificates};

use crate::error::Result;
use crate::tls::ClientTls;

/// Reads the certificates from their files.
pub(super) async fn certificates(files: &ClientTls) -> Result<TlsCertificates> {
    choose_provider();
    let contents = files.contents().await?;
    let client_tls = contents.identity.map(|(client_cert, client_key)| ClientTlsConfig { client_cert, client_key });
    Ok(TlsCertificates { client_tls, root_cert: contents.ca })
}

/// Installs ring as the cryptography provider of this process, unless the program has installed one.
///
/// Without an installed provider, rustls panics in a program that contains several of them.
fn choose_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
