//! The options of a URL.

use super::encoding::percent_decode;
use super::host::HostPort;
use super::parsed::Parsed;
use crate::tls::ClientTls;

/// The options of a URL, decoded.
pub struct Options(Vec<(&'static str, String)>);

impl Options {
    /// Parses the text after the `?`.
    ///
    /// # Errors
    /// An option is unknown, occurs twice, or has no value.
    pub fn parse(text: &str, known: &[&'static str]) -> Parsed<Self> {
        let mut options: Vec<(&'static str, String)> = Vec::new();
        for option in text.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let Some(name) = known.iter().find(|known| **known == name) else {
                return Err(match known {
                    [] => "it has options".into(),
                    known => format!("the options are {}", listed(known, "and")).into(),
                });
            };
            if value.is_empty() {
                return Err(format!("the option `{name}` has no value").into());
            }
            if options.iter().any(|(other, _)| other == name) {
                return Err(format!("the option `{name}` occurs twice").into());
            }
            options.push((name, percent_decode(value)?));
        }
        Ok(Self(options))
    }

    /// Removes `sslmode` and the files of a connection to a database, and returns the files if it is encrypted: as `sslmode` says,
    /// else unless the server is local.
    ///
    /// # Errors
    /// `sslmode` is neither `disable` nor `verify-full`; the errors of [`tls`](Self::tls).
    pub fn database_tls(&mut self, server: &HostPort) -> Parsed<Option<ClientTls>> {
        let is_encrypted = match self.take("sslmode").as_deref() {
            None => !server.is_local(),
            Some("disable") => false,
            Some("verify-full") => true,
            Some(_) => return Err("sslmode is disable or verify-full".into()),
        };
        self.tls(is_encrypted, "sslmode=verify-full")
    }

    /// Removes an option, and returns its value.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let index = self.0.iter().position(|(known, _)| *known == name)?;
        Some(self.0.swap_remove(index).1)
    }

    /// Removes `ca`, `cert` and `key`, and returns the files of an encrypted connection. `encrypted` is the part of a URL that turns
    /// encryption on, for messages.
    ///
    /// # Errors
    /// `cert` and `key` require each other, and all three require encryption.
    pub fn tls(&mut self, is_encrypted: bool, encrypted: &str) -> Parsed<Option<ClientTls>> {
        let identity = match (self.take("cert"), self.take("key")) {
            (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
            (None, None) => None,
            _ => return Err("cert and key require each other".into()),
        };
        let files = ClientTls { ca: self.take("ca").map(Into::into), identity };
        if !is_encrypted && files != ClientTls::default() {
            return Err(format!("certificates require {encrypted}").into());
        }
        Ok(is_encrypted.then_some(files))
    }
}

/// Joins words with commas, and the last two with `last`.
pub(super) fn listed(words: &[impl AsRef<str>], last: &str) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((end, [])) => (*end).to_owned(),
        Some((end, start)) => format!("{} {last} {end}", start.join(", ")),
        None => String::new(),
    }
}
