//! Tests that the JSON Schemas in the repository match the types. `FEATS_BLESS=1 cargo test -p feats --all-features --test
//! schema` updates them.

use std::path::Path;

use feats::model::{Catalog, Header, State};
use schemars::{JsonSchema, schema_for};

fn check<T: JsonSchema>(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
    let schema = serde_json::to_string_pretty(&schema_for!(T)).expect("a schema is JSON") + "\n";
    if std::env::var_os("FEATS_BLESS").is_some() {
        std::fs::write(&path, &schema).expect("written");
    }
    let stored = std::fs::read_to_string(&path).expect("the schema is in the repository");
    assert_eq!(stored, schema, "the types have changed: check that the change of the wire format is intended");
}

#[test]
fn the_schema_of_states_matches_the_types() {
    check::<State>("state.json");
}

#[test]
fn the_schema_of_revisions_matches_the_types() {
    check::<Header>("revision.json");
}

#[test]
fn the_schema_of_catalogs_matches_the_types() {
    check::<Catalog>("catalog.json");
}
