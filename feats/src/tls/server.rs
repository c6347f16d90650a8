//! The configuration of a server with mutual TLS.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls::sign::SingleCertAndKey;

use super::pem::{PemFile, authorities, identity, provider, unavailable};
use crate::error::{Error, ErrorKind, Result};
use crate::tasks::run_blocking;

/// The files of a server.
#[derive(Clone, Debug)]
pub(crate) struct ServerTls {
    /// The PEM file of the certificate.
    pub(crate) certificate: PathBuf,
    /// The PEM file of the key.
    pub(crate) key: PathBuf,
    /// The PEM file of the authorities that sign certificates of clients.
    pub(crate) client_ca: PathBuf,
}

impl ServerTls {
    /// Reads the files, and returns the configuration. Clients must have a certificate.
    ///
    /// # Errors
    /// A file cannot be read or used.
    pub(crate) async fn config(self) -> Result<ServerConfig> {
        run_blocking(move || self.read()).await
    }

    fn read(&self) -> Result<ServerConfig> {
        let roots = Arc::new(authorities(&PemFile::read(&self.client_ca)?)?);
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider()).build().map_err(|error| {
            Error::new(ErrorKind::Invalid, "the authority of clients cannot be used").with_source(error)
        })?;
        let identity = identity(&PemFile::read(&self.certificate)?, &PemFile::read(&self.key)?)?;
        let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
        let builder = builder.map_err(unavailable)?.with_client_cert_verifier(verifier);
        Ok(builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(identity))))
    }
}
