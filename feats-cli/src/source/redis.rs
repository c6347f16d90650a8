//! A Redis with flags, as flipper-client and flypper-redis write them.
//!
//! Futures of the driver are boxed, because the compiler limits how deeply futures nest.

use feats::store::{PlainKeys, PlainValue, Redis};
use feats::{Error, Problem, Problems};

use super::found::{Found, MAX_FLAG_BYTES};
use crate::args::System;
use crate::failure::{Failure, Result};

/// The number of flags that are read at once.
const BATCH_SIZE: usize = 100;

/// Returns the start of the keys of flags, which the name of the flag follows.
pub(super) fn prefix(system: System, store: &Redis) -> String {
    match system.is_flipper() {
        true => format!("{}/", base_key(system, store)),
        false => format!("{}:flags:", base_key(system, store)),
    }
}

/// Reads all flags, sorted by name.
pub(super) async fn read(system: System, store: &Redis) -> Result<Vec<Found>> {
    let (redis, prefix) = (store.plain_keys(), prefix(system, store));
    let mut keys = match system.is_flipper() {
        true => Box::pin(redis.starting_with(prefix.as_bytes())).await?,
        // Flypper serves only the flags in its history.
        false => {
            let history = format!("{}:history", base_key(system, store));
            let names = Box::pin(redis.members(history.as_bytes())).await?.into_iter();
            names.map(|name| [prefix.as_bytes(), &name].concat()).collect()
        }
    };
    keys.sort_unstable();
    let mut flags = Vec::with_capacity(keys.len());
    for keys in keys.chunks(BATCH_SIZE) {
        flags.extend(read_batch(&redis, &prefix, keys).await?);
    }
    Ok(flags)
}

/// Writes flags of flipper-client, each with its name. Writes nothing if some of the keys exist and differ, unless `replace`.
///
/// # Errors
/// Keys exist and differ, or the server cannot be used. After a failure, a second run continues.
pub(crate) async fn write(store: &Redis, flags: &[(&str, &str)], replace: bool, step: impl Fn()) -> Result<()> {
    let (redis, prefix) = (store.plain_keys(), prefix(System::Flipper, store));
    let keys: Vec<Vec<u8>> = flags.iter().map(|(name, _)| format!("{prefix}{name}").into_bytes()).collect();
    let mut existing = Vec::with_capacity(keys.len());
    for keys in keys.chunks(BATCH_SIZE) {
        existing.extend(Box::pin(redis.values(keys, MAX_FLAG_BYTES)).await?);
    }
    let is_same = |index: usize, value: &PlainValue| {
        matches!((value, flags.get(index)),
        (PlainValue::Text(text), Some((_, flag))) if text == flag.as_bytes())
    };
    let mut problems = Problems::default();
    for (index, (key, value)) in keys.iter().zip(&existing).enumerate() {
        if !replace && *value != PlainValue::Absent && !is_same(index, value) {
            problems.push(|| differs(key));
        }
    }
    if !problems.is_empty() {
        return Err(Error::invalid(problems.into_vec()).into());
    }
    for (index, (key, (_, flag))) in keys.iter().zip(flags).enumerate() {
        let is_written = existing.get(index).is_some_and(|value| is_same(index, value));
        if replace && !is_written {
            Box::pin(redis.set(key, flag.as_bytes())).await?;
        } else if !is_written && !Box::pin(redis.create(key, flag.as_bytes())).await? {
            return Err(Failure::problem(differs(key)));
        }
        step();
    }
    Ok(())
}

fn differs(key: &[u8]) -> Problem {
    Problem::new(String::from_utf8_lossy(key), "the key exists and differs; --replace overwrites it")
}

async fn read_batch(redis: &PlainKeys, prefix: &str, keys: &[Vec<u8>]) -> Result<Vec<Found>> {
    let values = Box::pin(redis.values(keys, MAX_FLAG_BYTES)).await?;
    let found = keys.iter().zip(values).filter_map(|(key, value)| {
        let text = match value {
            PlainValue::Absent => return None,
            PlainValue::Text(bytes) => String::from_utf8(bytes).map_err(|_| "the value is not UTF-8".to_owned()),
            PlainValue::TooLong => Err(format!("the value has more than {MAX_FLAG_BYTES} bytes")),
            _ => Err("the key has another type than text, so another program wrote it".to_owned()),
        };
        let place = String::from_utf8_lossy(key).into_owned();
        let name = place.strip_prefix(prefix).map(str::to_owned);
        Some(Found { place, name, text })
    });
    Ok(found.collect())
}

/// Returns the base key of flipper-client, or the prefix of Flypper: that of the address, or the usual one.
fn base_key(system: System, store: &Redis) -> String {
    let usual = if system.is_flipper() { "features" } else { "flypper" };
    store.plain_keys().prefix().unwrap_or(usual).to_owned()
}
