//! TLS: files of certificates and keys, the configurations made from them, and the errors of handshakes.
//!
//! The configurations use ring, whatever cryptography provider the program has installed.

#[cfg(any(feature = "consul", feature = "s3", feature = "thrift"))]
mod client;
#[cfg(any(feature = "mysql", feature = "postgres", feature = "redis"))]
mod contents;
mod error;
mod files;
mod pem;
#[cfg(feature = "thrift")]
mod server;

#[cfg(any(feature = "consul", feature = "s3"))]
pub(crate) use client::without_authorities;
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(crate) use contents::ClientCertificates;
#[cfg(feature = "thrift")]
pub(crate) use error::refused_certificate;
pub(crate) use error::{classify, handshake_error};
pub use files::ClientTls;
#[cfg(feature = "thrift")]
pub(crate) use server::ServerTls;
