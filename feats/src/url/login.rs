//! A user and a password.

use super::encoding::percent_decode;
use super::parsed::Parsed;

/// A user and a password, both optional.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Login {
    pub user: Option<String>,
    pub password: Option<String>,
}

impl Login {
    /// Parses `[user][:password]`.
    ///
    /// # Errors
    /// The password is empty, or a part is not encoded correctly.
    pub fn parse(text: &str) -> Parsed<Self> {
        let (user, password) = text.split_once(':').map_or((text, None), |(user, password)| (user, Some(password)));
        if password == Some("") {
            return Err("the password is empty".into());
        }
        let user = if user.is_empty() { None } else { Some(percent_decode(user)?) };
        Ok(Self { user, password: password.map(percent_decode).transpose()? })
    }
}
