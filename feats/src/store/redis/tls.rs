//! Certificates, and the cryptography provider.

use std::path::{Path, PathBuf};

use redis::{ClientTlsConfig, TlsCertificates};

use super::address::Tls;
use crate::error::{Error, ErrorKind, Result};

/// Reads the certificates from their files. Called for every connection, so that certificates can be replaced while programs run.
pub(super) async fn certificates(tls: &Tls) -> Result<TlsCertificates> {
    choose_provider();
    let root_cert = match &tls.ca {
        Some(path) => Some(read(path).await?),
        None => None,
    };
    let client_tls = match &tls.identity {
        Some((certificate, key)) => {
            Some(ClientTlsConfig { client_cert: read(certificate).await?, client_key: read(key).await? })
        }
        None => None,
    };
    Ok(TlsCertificates { client_tls, root_cert })
}

/// Installs ring as the cryptography provider of this process, unless the program has installed one.
///
/// Without an installed provider, rustls panics in a program that contains several of them.
fn choose_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

async fn read(path: &Path) -> Result<Vec<u8>> {
    let file = path.to_owned();
    let read = tokio::task::spawn_blocking(move || std::fs::read(file)).await;
    let failed = |error: std::io::Error| unreadable(path.to_owned()).with_source(error);
    match read {
        Ok(read) => read.map_err(failed),
        Err(error) => Err(failed(error.into())),
    }
}

fn unreadable(path: PathBuf) -> Error {
    Error::new(ErrorKind::Unavailable, "the certificate cannot be read").with_path(path)
}
