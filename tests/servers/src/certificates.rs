//! Certificates for local servers, and an authority that did not sign them.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

/// The certificate of a server at `127.0.0.1` or `localhost`, the authority that signed it, and one that did not, as PEM files.
#[derive(Debug)]
pub struct Certificates {
    directory: PathBuf,
}

impl Certificates {
    /// Creates certificates in a directory.
    pub fn create(directory: &Path) -> Self {
        let made = Self { directory: directory.to_owned() };
        let authority = made.authority("ca");
        made.authority("wrong-ca");
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(["localhost".into(), "127.0.0.1".into()]).expect("names");
        params.distinguished_name.push(DnType::CommonName, "a server of the tests");
        let certificate = params.signed_by(&key, &authority).expect("a certificate");
        made.write("server.pem", &certificate.pem());
        made.write("server.key", &key.serialize_pem());
        made
    }

    /// Returns the file of the authority that signed the server's certificate.
    pub fn ca(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// Returns the file of an authority that did not sign it.
    pub fn wrong_ca(&self) -> PathBuf {
        self.directory.join("wrong-ca.pem")
    }

    /// Returns the file of the server's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.directory.join("server.pem")
    }

    /// Returns the file of the server's key.
    pub fn key(&self) -> PathBuf {
        self.directory.join("server.key")
    }

    fn authority(&self, name: &str) -> Issuer<'static, KeyPair> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        self.write(&format!("{name}.pem"), &certificate.pem());
        Issuer::new(params, key)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.directory.join(name), text).expect("a file is written");
    }
}
