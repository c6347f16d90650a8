//! Places from which flags are imported.

use std::fmt;

use feats::store::{Consul, S3, Store};

use super::consul;
use super::place::Place;
use super::sql::SqlPlace;
use crate::args::System;
use crate::failure::{Failure, Result};

/// A place from which flags of another system are imported.
#[derive(Clone, Debug)]
pub(crate) enum ImportPlace {
    /// A Redis, or a file.
    Plain(Place),
    /// A table of a database.
    Table(SqlPlace),
    /// A bucket of S3.
    Bucket(S3),
    /// The keys in a Consul under a base key.
    Keys(Consul),
}

impl ImportPlace {
    /// Parses a place with flags of a system.
    ///
    /// # Errors
    /// The URL is not valid. The message does not repeat it, because it may contain a password.
    pub(crate) fn parse(system: System, given: &str) -> Result<Self> {
        Ok(match system {
            System::Flipper | System::Flypper => Self::Plain(Place::parse(given)?),
            System::FlipperPostgres | System::FlypperSql => Self::Table(SqlPlace::parse(system, given)?),
            System::FlipperS3 => Self::Bucket(bucket(given)?),
            System::FlipperConsul => Self::Keys(consul::open(given)?),
        })
    }
}

/// Opens the bucket at a URL without a prefix, because flipper-client has none.
fn bucket(given: &str) -> Result<S3> {
    let (place, _) = given.split_once('?').unwrap_or((given, ""));
    let has_prefix = place.strip_prefix("s3://").is_some_and(|bucket| bucket.trim_end_matches('/').contains('/'));
    match has_prefix {
        true => Err(Failure::Usage("flipper-client keeps flags in a whole bucket; use s3://BUCKET".to_owned())),
        false => Ok(S3::open(given)?),
    }
}

/// Shows the place without user and password.
impl fmt::Display for ImportPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(place) => place.fmt(f),
            Self::Table(table) => table.fmt(f),
            Self::Bucket(bucket) => f.write_str(&bucket.name()),
            Self::Keys(consul) => f.write_str(&consul.name()),
        }
    }
}
