//! Real servers for tests: started on free ports of this machine, harmed on purpose, gone afterwards.
//!
//! [`Redis`] is one server, [`Sentinel`] a master with a replica and three sentinels, [`Cluster`] six nodes. [`Postgres`],
//! [`MariaDb`], [`Consul`] and [`Moto`], which has the API of S3, are one server each. Each lives in a temporary directory of its own
//! and ends when it is dropped, when a test panics, and when the test's process is killed. A [`Proxy`] is a line to a server that can
//! be made slow, cut, or dead. A [`SmallDisk`] with the data of a server can be full. With the cargo feature `browser` there are
//! browsers too. What does not do what a test needs stops the test: everything here panics rather than returning errors.

mod available;
#[cfg(feature = "browser")]
pub mod browser;
mod builder;
mod certificates;
mod cluster;
mod consul;
mod daemon;
mod disk;
mod http;
mod mariadb;
mod moto;
mod ports;
mod postgres;
mod process;
mod proxy;
mod redis;
mod sentinel;
mod wait;

pub use available::{available, python};
pub use builder::RedisBuilder;
pub use certificates::Certificates;
pub use cluster::Cluster;
pub use consul::{CONSUL_TOKEN, Consul, ConsulBuilder};
pub use disk::SmallDisk;
pub use mariadb::{MariaDb, MariaDbBuilder};
pub use moto::Moto;
pub use postgres::{Postgres, PostgresBuilder};
pub use proxy::{Link, Proxy};
pub use redis::Redis;
pub use sentinel::Sentinel;
pub use wait::{TIMEOUT, holds_within, until};
