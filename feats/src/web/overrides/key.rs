//! Keys that cookies are signed with.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::error::{Error, ErrorKind, Result};

/// The fewest bytes of a key: as many as the signature has.
const SHORTEST: usize = 32;

/// A secret that cookies are signed with. Nothing shows it.
///
/// ```
/// use feats::web::Key;
/// let key = Key::from_bytes(b"thirty-two bytes or more of noise")?;
/// assert_eq!(format!("{key:?}"), "Key");
/// assert!(Key::from_bytes(b"secret").is_err());
/// # Ok::<(), feats::Error>(())
/// ```
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

/// The signature of a message.
pub(super) type Signature = [u8; 32];

impl Key {
    /// A new key that nobody else has. Overrides end with the program then, and hold in this one process alone: where
    /// several serve the same site, give all of them the same [bytes](Key::from_bytes).
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] if the system has no randomness to give.
    pub fn generate() -> Result<Self> {
        let mut bytes = [0; SHORTEST];
        getrandom::fill(&mut bytes).map_err(|error| {
            Error::new(ErrorKind::Unavailable, "the system gives no randomness for a key").with_source(error)
        })?;
        Self::from_bytes(&bytes)
    }

    /// A key from at least 32 random bytes, such as `openssl rand` makes. A passphrase is no key: it can be guessed by
    /// whoever has one cookie.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if there are fewer.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let found = bytes.len();
        let short = || Error::new(ErrorKind::Invalid, format!("a key has at least {SHORTEST} bytes, not {found}"));
        let keyed = Some(bytes).filter(|bytes| bytes.len() >= SHORTEST).and_then(|bytes| {
            // Every length is one that HMAC accepts.
            Hmac::new_from_slice(bytes).ok()
        });
        keyed.map(Self).ok_or_else(short)
    }

    /// Signs a message that is made of these parts.
    pub(super) fn sign(&self, parts: &[&[u8]]) -> Signature {
        self.fed(parts).finalize().into_bytes().into()
    }

    /// Whether a message was signed with this key; it takes as long for a wrong signature as for a right one.
    pub(super) fn has_signed(&self, parts: &[&[u8]], signature: &[u8]) -> bool {
        self.fed(parts).verify_slice(signature).is_ok()
    }

    /// Each part goes in with its length before it, so that no two lists of parts are one message.
    fn fed(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}
