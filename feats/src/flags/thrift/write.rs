//! Writes of flags: the calls that make a flag of the service what a change asks for.

use super::address::Address;
use super::client::{Calls, connect_to_write};
use super::convert::{client_data, from_wire, to_meta};
use super::error::explain_call;
use super::service::TFeatureFlagStoreSyncClient;
use crate::error::{Error, ErrorKind, Result};
use crate::flags::flipper::{Bucketer, Item};
use crate::sync::SourceChange;

/// Writes a change to the service. Returns the flag as it is then; `None` if it was deleted.
///
/// Only the parts that the change touches are written: everything else stays as the service has it at that time.
///
/// # Errors
/// [`Unsupported`](ErrorKind::Unsupported): the service cannot keep the result. Nothing was written. The errors of the calls.
pub(super) fn write(address: &Address, change: &SourceChange) -> Result<Option<Item>> {
    let failed = |error| explain_call(address, error).with_feature(&change.name);
    let Some((after, lost)) = exported(change, change.after.as_ref())? else {
        connect_to_write(address)?.delete(change.name.clone()).map_err(failed)?;
        return Ok(None);
    };
    let before = exported(change, Some(&change.before).filter(|before| before.flag.is_some()))?;
    let known_losses = before.as_ref().map_or(&[][..], |(_, lost)| lost);
    let lost: Vec<&String> = lost.iter().filter(|loss| !known_losses.contains(loss)).collect();
    if !lost.is_empty() {
        let lost = lost.iter().map(|loss| loss.as_str()).collect::<Vec<_>>().join("; ");
        return Err(unsupported(change, &format!("Flipper's service cannot keep this change: {lost}")));
    }
    let mut calls = connect_to_write(address)?;
    match before {
        None => create(&mut calls, after).map_err(failed).map(Some),
        Some((before, _)) => {
            let wire = calls.get(change.name.clone()).map_err(failed)?;
            let known = from_wire(&wire).map_err(|error| error.with_feature(&change.name))?;
            update(&mut calls, &before, after, known).map_err(failed).map(Some)
        }
    }
}

/// Returns a state as an item, with what is lost; `None` without a state.
fn exported(change: &SourceChange, state: Option<&crate::State>) -> Result<Option<(Item, Vec<String>)>> {
    let Some(state) = state else { return Ok(None) };
    let exported = Item::from_state(&change.name, state, change.now);
    exported.map(Some).map_err(|error| {
        let problems: Vec<&str> = error.problems().iter().map(|problem| problem.message()).collect();
        unsupported(change, &format!("Flipper's service cannot keep this change: {}", problems.join("; ")))
    })
}

fn unsupported(change: &SourceChange, message: &str) -> Error {
    Error::new(ErrorKind::Unsupported, message).with_feature(&change.name)
}

/// Creates a flag. One with conditions or a bucketer is enabled last, so that it is complete before it decides.
fn create(calls: &mut Calls, mut item: Item) -> thrift::Result<Item> {
    let is_plain = item.conditions.is_empty() && item.bucketer == Bucketer::NoOp;
    let is_enabled_first = item.is_enabled && is_plain;
    let created = calls.create(item.name.clone(), is_enabled_first, client_data(&item))?;
    if let Some(date) = created.meta.and_then(|meta| meta.created_date) {
        item.created_date = date.into();
    }
    if !is_plain {
        calls.set_meta(item.name.clone(), to_meta(&item))?;
    }
    if item.is_enabled && !is_plain {
        calls.set(item.name.clone(), true)?;
    }
    Ok(item)
}

/// Changes a flag that the service has as `known`. It is disabled first, and enabled last.
fn update(calls: &mut Calls, before: &Item, after: Item, known: Item) -> thrift::Result<Item> {
    let mut item = known.clone();
    if before.is_enabled != after.is_enabled {
        item.is_enabled = after.is_enabled;
    }
    if before.client_data != after.client_data {
        item.client_data = after.client_data;
    }
    if before.conditions != after.conditions {
        item.conditions = after.conditions;
    }
    if before.bucketer != after.bucketer {
        item.bucketer = after.bucketer;
    }
    if known.is_enabled && !item.is_enabled {
        calls.set(item.name.clone(), false)?;
    }
    if to_meta(&item) != to_meta(&known) {
        calls.set_meta(item.name.clone(), to_meta(&item))?;
    }
    if !known.is_enabled && item.is_enabled {
        calls.set(item.name.clone(), true)?;
    }
    Ok(item)
}
