//! Keys for signing cookies.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::error::{Error, ErrorKind, Result};

/// The minimum length of a key, which is that of the signature.
const MIN_KEY_BYTES: usize = 32;

/// A secret for signing cookies. `Debug` does not show it.
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
    /// Generates a random key. Overrides that it signs are valid in this process only, and end with it. If several processes serve a
    /// site, create the key of each [from the same bytes](Key::from_bytes).
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] if the system's random number generator fails.
    pub fn generate() -> Result<Self> {
        let mut bytes = [0; MIN_KEY_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| {
            Error::new(ErrorKind::Unavailable, "the system's random number generator failed").with_source(error)
        })?;
        Self::from_bytes(&bytes)
    }

    /// Creates a key from at least 32 random bytes, for example from `openssl rand`. Do not use a passphrase: anyone with one cookie
    /// could find it by brute force.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if there are fewer bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let found = bytes.len();
        let short =
            || Error::new(ErrorKind::Invalid, format!("a key needs at least {MIN_KEY_BYTES} bytes, but has {found}"));
        let keyed = Some(bytes).filter(|bytes| bytes.len() >= MIN_KEY_BYTES).and_then(|bytes| {
            // HMAC accepts every length.
            Hmac::new_from_slice(bytes).ok()
        });
        keyed.map(Self).ok_or_else(short)
    }

    /// Signs a message of several parts.
    pub(super) fn sign(&self, parts: &[&[u8]]) -> Signature {
        self.mac_of(parts).finalize().into_bytes().into()
    }

    /// Returns `true` if a message was signed with this key. Takes constant time.
    pub(super) fn has_signed(&self, parts: &[&[u8]], signature: &[u8]) -> bool {
        self.mac_of(parts).verify_slice(signature).is_ok()
    }

    /// Computes the MAC. The length of each part precedes it, so that different lists of parts are different messages.
    fn mac_of(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
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
