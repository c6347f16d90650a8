//! The grammar that all URLs share.

use super::options::{Options, listed};
use super::parsed::Parsed;
use crate::error::{Error, ErrorKind, Result};

/// The grammar of the URLs of a product.
pub struct Grammar {
    /// The name of the product, for messages.
    pub product: &'static str,
    pub schemes: &'static [&'static str],
    /// The names of the options.
    pub options: &'static [&'static str],
    /// The message about a URL with a login, if it cannot have one.
    pub no_login: Option<&'static str>,
}

/// The parts of a URL. Those that are text are still percent-encoded.
pub struct Url<'a> {
    pub scheme: &'static str,
    /// The text before the last `@`.
    pub login: Option<&'a str>,
    /// The host and the port, or several of them.
    pub hosts: &'a str,
    /// The path without the slash at its start.
    pub path: &'a str,
    pub options: Options,
}

impl Grammar {
    /// Splits a URL into its parts, and reads them with a function.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if the URL does not follow the grammar, or with the reason of the function.
    pub fn parse<T>(&self, url: &str, read: impl FnOnce(Url<'_>) -> Parsed<T>) -> Result<T> {
        self.split(url)
            .and_then(read)
            .map_err(|why| Error::new(ErrorKind::Invalid, format!("this is not a valid {} URL: {why}", self.product)))
    }

    /// Splits a URL into its parts.
    ///
    /// # Errors
    /// The reason why it does not follow the grammar.
    pub fn split<'a>(&self, url: &'a str) -> Parsed<Url<'a>> {
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let Some(scheme) = self.schemes.iter().find(|known| **known == scheme) else {
            let schemes: Vec<String> = self.schemes.iter().map(|scheme| format!("{scheme}://")).collect();
            return Err(format!("it does not start with {}", listed(&schemes, "or")).into());
        };
        if let Some(message) = self.no_login.filter(|_| rest.contains('@')) {
            return Err(message.into());
        }
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if rest.contains(['@', '#']) {
            return Err("in a password or name, write %2F %3F %23 and %40 for / ? # and @".into());
        }
        let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (login, hosts) = match authority.rsplit_once('@') {
            Some((login, hosts)) => (Some(login), hosts),
            None => (None, authority),
        };
        let options = Options::parse(options, self.options)?;
        Ok(Url { scheme, login, hosts, path: path.strip_prefix('/').unwrap_or(path), options })
    }
}
