//! The web: the operator's console.

#[cfg(feature = "admin")]
pub mod admin;
