//! URLs of servers: `scheme://[user:password@]host[:port][/path][?option=value&…]`, with percent-encoded parts.
//!
//! No message repeats any of a URL, because a mistyped one may contain the password anywhere.
//!
//! Not public API: for the stores, and for the command line, which reads the data of other systems.

mod encoding;
mod grammar;
mod host;
mod login;
mod options;
mod parsed;

pub use encoding::{percent_decode, percent_encode};
pub use grammar::{Grammar, Url};
pub use host::HostPort;
pub use login::Login;
pub use options::Options;
pub use parsed::Parsed;

pub use crate::tls::ClientTls;
