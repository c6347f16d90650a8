//! The flags of other systems, read from where those systems keep them.

mod consul;
mod file;
mod found;
mod import_place;
mod objects;
mod place;
mod redis;
mod sql;

use feats::{Error, ErrorKind};

pub(crate) use self::found::{Found, repeated};
pub(crate) use self::import_place::ImportPlace;
pub(crate) use self::place::Place;
pub(crate) use self::redis::write;

use crate::args::System;
use crate::failure::Result;

/// Reads the flags of a system from all places, in the order of the places and of the names. Nothing is written.
///
/// # Errors
/// A place cannot be read, or has no flags.
pub(crate) async fn read(system: System, places: &[ImportPlace]) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for place in places {
        let found = match place {
            ImportPlace::Plain(Place::File(path)) => file::read(path)?,
            ImportPlace::Plain(Place::Redis(store)) => redis::read(system, store).await?,
            ImportPlace::Table(table) => sql::read(table).await?,
            ImportPlace::Bucket(bucket) => objects::read(bucket).await?,
            ImportPlace::Keys(consul) => consul::read(consul).await?,
        };
        if found.is_empty() {
            return Err(no_flags(system, place).into());
        }
        all.extend(found);
    }
    Ok(all)
}

fn no_flags(system: System, place: &ImportPlace) -> Error {
    let message = match place {
        ImportPlace::Plain(Place::File(_)) => "there are no flags in the file".to_owned(),
        ImportPlace::Table(_) => {
            format!("there are no flags of {system} in the table; ?table=NAME selects another one")
        }
        ImportPlace::Bucket(_) => "there are no objects in the bucket".to_owned(),
        ImportPlace::Keys(consul) => match consul.key_prefix() {
            Ok(prefix) => format!(
                "there are no flags of {system} in this Consul; their keys would be {prefix}*; a base key at the end of the address selects \
                 other keys"
            ),
            Err(error) => return error,
        },
        ImportPlace::Plain(Place::Redis(store)) => format!(
            "there are no flags of {system} in this Redis; their keys would be {}*; a base key or prefix at the end of the address \
             selects other keys",
            redis::prefix(system, store)
        ),
    };
    Error::new(ErrorKind::NotFound, message).with_store(place.to_string())
}
