//! The configuration of a client.

use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};

use super::files::ClientTls;
use super::pem::{PemFile, authorities, identity, provider, unavailable};
use crate::error::{Error, ErrorKind, Result};

impl ClientTls {
    /// Reads the files, and returns the configuration. Trusts the authorities in `ca`, or those of the system. Blocks.
    ///
    /// # Errors
    /// A file cannot be read or used; the system has no authorities.
    pub(crate) fn config(&self) -> Result<ClientConfig> {
        let roots = match &self.ca {
            Some(path) => authorities(&PemFile::read(path)?)?,
            None => system_authorities()?,
        };
        let builder = trusting(roots)?;
        Ok(match &self.identity {
            Some((certificate, key)) => {
                let identity = identity(&PemFile::read(certificate)?, &PemFile::read(key)?)?;
                builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity)))
            }
            None => builder.with_no_client_auth(),
        })
    }
}

/// Returns a configuration for a client without encrypted connections. It trusts no certificate.
///
/// # Errors
/// TLS is not available.
#[cfg(any(feature = "consul", feature = "s3"))]
pub(crate) fn without_authorities() -> Result<ClientConfig> {
    Ok(trusting(RootCertStore::empty())?.with_no_client_auth())
}

fn trusting(roots: RootCertStore) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>> {
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    Ok(builder.map_err(unavailable)?.with_root_certificates(roots))
}

/// Returns the authorities that the system trusts. Some of them may have a form that rustls does not support.
fn system_authorities() -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        let message = "this system has no certificate authorities; set the authority of the server with `ca`";
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    Ok(roots)
}
