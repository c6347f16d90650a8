//! Tests of Flipper's Thrift service: an app that offers its flags, and one that uses them.

mod fixture;
mod malformed;
mod source;
mod tls;
