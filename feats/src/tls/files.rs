//! The files of a client.

use std::path::PathBuf;

/// The files of a client. Each use reads them again, so that certificates can be replaced while programs run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientTls {
    /// The PEM file of the certificate authorities to trust, if not only those of the system.
    pub ca: Option<PathBuf>,
    /// The PEM files of the client certificate and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
}
