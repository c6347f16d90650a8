//! `feats flag`: one file for each group of commands.

mod bucketer;
mod completions;
mod condition;
mod create;
mod data;
mod export;
mod import;
mod list;
mod missing;
mod status;
mod variant;

use serde_json::Value as Json;

use crate::harness::Shop;

/// Returns a shop whose store has the flag `CHECKOUT`, enabled, at version 1.
fn shop() -> Shop {
    let shop = Shop::new();
    shop.ok(&["flag", "create", "CHECKOUT", "--enabled"]);
    shop
}

/// Returns the state of a flag.
fn state(shop: &Shop, flag: &str) -> Json {
    shop.json(&["flag", "show", flag])["state"].clone()
}

/// Returns the choice for a subject with these attributes.
fn decision(shop: &Shop, flag: &str, set: &[&str]) -> Json {
    let set = set.iter().flat_map(|value| ["--set", value]);
    let arguments: Vec<&str> = ["explain", flag].into_iter().chain(set).collect();
    shop.json(&arguments)["decisions"][0]["value"].clone()
}
