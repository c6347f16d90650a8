//! Flipper's Thrift service: its flags in this program, and the service in front of a store.
//!
//! The service has no versions, so it is not a store. [`ThriftSource`] gives its flags to an app, and [`ThriftServer`] offers the
//! flags of an app to programs that use flipper-client.

mod address;
mod channel;
mod client;
mod convert;
mod error;
mod server;
#[allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    elided_lifetimes_in_paths,
    reason = "generated code"
)]
mod service;
mod source;
mod write;

pub use self::server::ThriftServer;
pub use self::source::ThriftSource;
