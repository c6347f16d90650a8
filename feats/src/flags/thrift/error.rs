//! Errors of a service as errors of feats.

use std::io;

use super::address::Address;
use super::service::{ErrorCode, FlipperException};
use crate::error::{Error, ErrorKind};
use crate::tls;

/// Returns `true` if the service answered that there is no such flag.
pub(super) fn is_not_found(error: &thrift::Error) -> bool {
    let thrift::Error::User(user) = error else { return false };
    let exception = user.downcast_ref::<FlipperException>();
    exception.is_some_and(|exception| exception.code == Some(ErrorCode::NOT_FOUND))
}

/// Returns the error of a call.
pub(super) fn explain_call(address: &Address, error: thrift::Error) -> Error {
    let (kind, message) = match &error {
        thrift::Error::User(user) => {
            let answer = user.downcast_ref::<FlipperException>().and_then(|exception| exception.message.clone());
            let kind = if is_not_found(&error) { ErrorKind::NotFound } else { ErrorKind::Unavailable };
            (kind, format!("the service answered with an exception: {}", answer.unwrap_or_default()))
        }
        thrift::Error::Application(error) => {
            // The text of the service; it knows why.
            (ErrorKind::Unavailable, format!("the service refused the call: {}", error.message))
        }
        thrift::Error::Protocol(error) if error.kind == thrift::ProtocolErrorKind::SizeLimit => {
            (ErrorKind::TooLarge, "the answer of the service is too large".to_owned())
        }
        thrift::Error::Protocol(_) => (
            ErrorKind::Corrupt,
            format!(
                "{address} does not answer in Thrift's binary protocol over a buffered transport; check that it is Flipper's \
                 service, and whether it requires thrifts://"
            ),
        ),
        thrift::Error::Transport(error) => match error.kind {
            thrift::TransportErrorKind::TimedOut => {
                (ErrorKind::Timeout, "the service did not answer in time".to_owned())
            }
            thrift::TransportErrorKind::EndOfFile => (
                ErrorKind::Unavailable,
                format!(
                    "{address} closed the connection; check that it is Flipper's service, and whether it requires thrifts://"
                ),
            ),
            // With TLS 1.3, a server refuses the client after the handshake.
            _ if error.message.contains(ALERT) => {
                (ErrorKind::Invalid, tls::refused_certificate(address, &error.message))
            }
            _ => (ErrorKind::Unavailable, format!("the connection to the service failed: {}", error.message)),
        },
    };
    Error::new(kind, message).with_source(error).with_store(address.to_string())
}

/// Returns the error of an attempt to connect.
pub(super) fn explain_connect(address: &Address, error: io::Error) -> Error {
    let (kind, message) = match tls::handshake_error(&error) {
        Some(error) => tls::classify(error, address, "write thrift:// instead of thrifts://"),
        None => match error.kind() {
            io::ErrorKind::ConnectionRefused => {
                (ErrorKind::Unavailable, format!("{address} refused the connection; check that the service runs there"))
            }
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                (ErrorKind::Timeout, format!("{address} did not respond while connecting"))
            }
            io::ErrorKind::UnexpectedEof => (
                ErrorKind::Unavailable,
                format!(
                    "{address} closed the connection; if it does not use TLS, write thrift:// instead of thrifts://"
                ),
            ),
            _ => (ErrorKind::Unavailable, format!("{address} cannot be reached")),
        },
    };
    Error::new(kind, message).with_source(error).with_store(address.to_string())
}

/// The start of the text of an alert, which is all that the driver keeps of it.
const ALERT: &str = "received fatal alert";
