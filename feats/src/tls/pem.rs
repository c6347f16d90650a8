//! PEM files with certificates and keys.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{InconsistentKeys, RootCertStore};

use crate::error::{Error, ErrorKind, Result};

/// The maximum size of a file.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// A PEM file.
pub(super) struct PemFile {
    path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

impl PemFile {
    /// Reads a file. Blocks.
    ///
    /// # Errors
    /// - [`ErrorKind::Unavailable`] if the file cannot be read.
    /// - [`ErrorKind::Invalid`] if it has more than 4 MiB.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
        let unreadable =
            |error| Error::new(ErrorKind::Unavailable, "the certificate cannot be read").with_source(error);
        let size = read.map_err(|error| unreadable(error).with_path(path))?;
        let file = Self { path: path.to_owned(), bytes };
        if size as u64 > MAX_FILE_BYTES {
            return Err(file.invalid("the file is too large for certificates"));
        }
        Ok(file)
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>> {
        let found: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.bytes).collect();
        let found = found.map_err(|error| self.invalid("the certificates are not valid").with_source(error))?;
        if found.is_empty() { Err(self.invalid("the file has no certificates in PEM")) } else { Ok(found) }
    }

    /// Parses the key. The error has no source, because some errors of the parser repeat a line of the file.
    fn private_key(&self) -> Result<PrivateKeyDer<'static>> {
        let missing = |_| self.invalid("the file has no unencrypted private key in PEM");
        PrivateKeyDer::from_pem_slice(&self.bytes).map_err(missing)
    }

    fn invalid(&self, message: &'static str) -> Error {
        Error::new(ErrorKind::Invalid, message).with_path(&self.path)
    }
}

/// Returns the authorities in a file.
///
/// # Errors
/// [`ErrorKind::Invalid`] if the file has none, or one that is not valid.
pub(super) fn authorities(file: &PemFile) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in file.certificates()? {
        let added = roots.add(certificate);
        added.map_err(|error| file.invalid("a certificate authority is not valid").with_source(error))?;
    }
    Ok(roots)
}

/// Returns a certificate with its key.
///
/// # Errors
/// [`ErrorKind::Invalid`] if a file is not valid, or if the key does not belong to the certificate.
pub(super) fn identity(certificate: &PemFile, key: &PemFile) -> Result<CertifiedKey> {
    CertifiedKey::from_der(certificate.certificates()?, key.private_key()?, &provider()).map_err(|error| {
        let message = match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                "the key does not belong to the certificate"
            }
            _ => "the certificate and its key cannot be used",
        };
        key.invalid(message).with_source(error)
    })
}

/// Returns the cryptography provider of feats.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Returns the error of a configuration that the provider does not support.
#[cfg(any(feature = "consul", feature = "s3", feature = "thrift"))]
pub(super) fn unavailable(error: rustls::Error) -> Error {
    Error::new(ErrorKind::Invalid, "TLS is not available").with_source(error)
}
