//! Certificates, and the cryptography provider.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::address::Tls;
use crate::error::{Error, ErrorKind, Result};
use crate::tasks::run_blocking;

/// The maximum size of a file with certificates.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// Returns the configuration of encrypted connections, with certificates from their files.
///
/// Uses ring, whatever provider the program has installed.
pub(super) async fn configuration(tls: &Tls) -> Result<ClientConfig> {
    let tls = tls.clone();
    run_blocking(move || configure(&tls)).await
}

fn configure(tls: &Tls) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(invalid)?;
    let mut roots = RootCertStore::empty();
    match &tls.ca {
        Some(path) => {
            for certificate in certificates(path)? {
                roots.add(certificate).map_err(|error| invalid(error).with_path(path))?;
            }
        }
        // The system may list some certificates that rustls does not support.
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    let builder = builder.with_root_certificates(roots);
    let Some((certificate, key)) = &tls.identity else { return Ok(builder.with_no_client_auth()) };
    let private = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|error| invalid(error).with_path(key))?;
    builder.with_client_auth_cert(certificates(certificate)?, private).map_err(invalid)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let parsed: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(path)?).collect();
    match parsed {
        Ok(found) if found.is_empty() => {
            Err(Error::new(ErrorKind::Invalid, "the file has no certificates in PEM").with_path(path))
        }
        Ok(found) => Ok(found),
        Err(error) => Err(invalid(error).with_path(path)),
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let unreadable = |message| Error::new(ErrorKind::Unavailable, message).with_path(path);
    let size =
        std::fs::metadata(path).map_err(|error| unreadable("the certificate cannot be read").with_source(error))?.len();
    if size > MAX_FILE_BYTES {
        return Err(unreadable("the file is too large for certificates"));
    }
    std::fs::read(path).map_err(|error| unreadable("the certificate cannot be read").with_source(error))
}

fn invalid(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Invalid, "the certificates are not valid").with_source(error)
}

/// Returns a configuration for a client without encrypted connections. It trusts no certificate.
pub(super) fn unused() -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(invalid)?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}
