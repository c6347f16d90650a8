//! TLS: certificates of both sides, with the cryptography provider of feats.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::error::{Error, ErrorKind, Result};

/// The certificates of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ClientTls {
    /// A PEM file with the certificate authorities to trust, in place of the system's.
    pub(super) ca: Option<PathBuf>,
    /// The PEM files of the client certificate and its key.
    pub(super) identity: Option<(PathBuf, PathBuf)>,
}

/// The certificates of a server.
#[derive(Clone, Debug)]
pub(super) struct ServerTls {
    /// The PEM file of the certificate.
    pub(super) certificate: PathBuf,
    /// The PEM file of the key.
    pub(super) key: PathBuf,
    /// The PEM file of the authorities that sign certificates of clients.
    pub(super) client_ca: PathBuf,
}

impl ClientTls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`Invalid`](ErrorKind::Invalid): a file cannot be read or used.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>> {
        let roots = match &self.ca {
            Some(path) => authorities(path)?,
            None => system_authorities()?,
        };
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_root_certificates(roots);
        Ok(Arc::new(match &self.identity {
            Some((certificate, key)) => config
                .with_client_auth_cert(certificates(certificate)?, private_key(key)?)
                .map_err(|error| unusable(error).with_path(key))?,
            None => config.with_no_client_auth(),
        }))
    }
}

impl ServerTls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`Invalid`](ErrorKind::Invalid): a file cannot be read or used.
    pub(super) fn config(&self) -> Result<Arc<ServerConfig>> {
        let roots = Arc::new(authorities(&self.client_ca)?);
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider()).build();
        let verifier = verifier.map_err(|error| {
            Error::new(ErrorKind::Invalid, "the authority of clients cannot be used").with_source(error)
        })?;
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_client_cert_verifier(verifier)
            .with_single_cert(certificates(&self.certificate)?, private_key(&self.key)?)
            .map_err(|error| unusable(error).with_path(&self.certificate))?;
        Ok(Arc::new(config))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn unusable(error: rustls::Error) -> Error {
    Error::new(ErrorKind::Invalid, "the certificate and its key cannot be used").with_source(error)
}

fn authorities(path: &Path) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots.add(certificate).map_err(|error| unusable(error).with_path(path))?;
    }
    Ok(roots)
}

/// Reads the authorities that the system trusts.
fn system_authorities() -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    match roots.is_empty() {
        true => Err(Error::new(
            ErrorKind::Invalid,
            "this system has no certificate authorities; set the authority of the service with `ca`",
        )),
        false => Ok(roots),
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_reader_iter(open(path)?).collect::<std::result::Result<Vec<_>, _>>();
    let certificates = certificates.map_err(|error| not_pem(path).with_source(error))?;
    if certificates.is_empty() { Err(not_pem(path)) } else { Ok(certificates) }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>> {
    let failed = |_| Error::new(ErrorKind::Invalid, "this file has no private key in PEM").with_path(path);
    PrivateKeyDer::from_pem_reader(open(path)?).map_err(failed)
}

fn open(path: &Path) -> Result<File> {
    let failed =
        |error| Error::new(ErrorKind::Invalid, "the certificate cannot be read").with_path(path).with_source(error);
    File::open(path).map_err(failed)
}

fn not_pem(path: &Path) -> Error {
    Error::new(ErrorKind::Invalid, "this file has no certificate in PEM").with_path(path)
}
