//! The contents of the files of a client, for drivers that parse them again.

use super::files::ClientTls;
use super::pem::{PemFile, authorities, identity};
use crate::error::Result;
use crate::tasks::run_blocking;

/// The contents of the files of a client, in PEM.
#[derive(Default)]
pub(crate) struct ClientCertificates {
    pub(crate) ca: Option<Vec<u8>>,
    /// The certificate and its key.
    pub(crate) identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl ClientTls {
    /// Reads and checks the files.
    ///
    /// # Errors
    /// A file cannot be read or used.
    pub(crate) async fn contents(&self) -> Result<ClientCertificates> {
        let files = self.clone();
        run_blocking(move || files.read()).await
    }

    fn read(&self) -> Result<ClientCertificates> {
        let mut contents = ClientCertificates::default();
        if let Some(path) = &self.ca {
            let file = PemFile::read(path)?;
            authorities(&file)?;
            contents.ca = Some(file.bytes);
        }
        if let Some((certificate, key)) = &self.identity {
            let (certificate, key) = (PemFile::read(certificate)?, PemFile::read(key)?);
            identity(&certificate, &key)?;
            contents.identity = Some((certificate.bytes, key.bytes));
        }
        Ok(contents)
    }
}
