//! TLS with its own cryptography provider, independent of the one of the process.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, ErrorKind, Result};

/// Returns the configuration that trusts the authorities in a PEM file, or those of the system.
pub(super) fn configuration(ca: Option<&Path>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match ca {
        Some(path) => {
            let unreadable = |error| {
                let message = "the file of certificate authorities cannot be read";
                Error::new(ErrorKind::Invalid, message).with_path(path).with_source(error)
            };
            for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
                let added = roots.add(certificate.map_err(unreadable)?);
                added.map_err(|error| {
                    Error::new(ErrorKind::Invalid, "a certificate authority is not valid")
                        .with_path(path)
                        .with_source(error)
                })?;
            }
        }
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder =
        versions.map_err(|error| Error::new(ErrorKind::Invalid, "TLS is not available").with_source(error))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
