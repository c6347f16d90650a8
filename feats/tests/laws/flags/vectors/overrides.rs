//! Variants of Gatekeeper: a rule, overrides for users, and overrides for one browser.

use std::sync::Arc;

use feats::flags::{Flag, Flags};
use feats::{State, attributes};
use serde_json::{Value as Json, json};

use super::{Count, vectors};
use crate::flags::program::{Program, state};
use crate::world::wait;

const NAME: &str = "MY_NEW_FEATURE";
const RULE: &str = "VISIBLE if is_dev or user in [1,2,3] else NOT_VISIBLE";

/// Writes the flag with the rule of all vectors.
fn flag(flags: &Flags, overrides: &Json) -> Flag {
    let variants = ["VISIBLE", "NOT_VISIBLE"].map(|name| (name, json!(name)));
    let flag = wait(flags.create_variants(NAME, variants).enabled()).unwrap();
    let is_dev = json!({ "segment": "is_dev", "eq": true });
    let is_listed = json!({ "segment": "user_id", "in": [1, 2, 3] });
    let mut json = state(&flag).to_json();
    json["rules"] =
        json!([{ "name": "rule", "when": { "any": [is_dev, is_listed] }, "select": { "static": "VISIBLE" } }]);
    json["otherwise"] = json!({ "static": "NOT_VISIBLE" });
    wait(flag.edit().unwrap().replace(State::from_json(&json)).author("ada").publish()).unwrap();
    for (choice, users) in overrides.as_object().into_iter().flatten() {
        let users = users.as_array().unwrap().iter().map(|id| id.as_i64().unwrap());
        wait(flag.override_for("user_id", users, choice)).unwrap();
    }
    flag
}

#[test]
fn variants_are_chosen_as_in_gatekeeper() {
    let Some(vectors) = vectors("gatekeeper.variant") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let input = &vector.input;
        assert_eq!(input["rule"], RULE, "{}", vector.id);
        let program = Program::start();
        drop(flag(&program.flags, &input["overrides"]));
        let user = input["user_id_override"].as_i64().or(input["user_id"].as_i64()).unwrap();
        let subject = attributes! { "user_id" => user, "is_dev" => input["is_dev"] == true };
        let cookie: Json = input["cookie"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
        // Web layers drop overrides that the app refuses.
        let mut scope = program.app.scope();
        for (name, choice) in cookie.as_object().into_iter().flatten() {
            let overridden = program
                .app
                .feature_named(name)
                .and_then(|feature| program.app.scope().with_override(&feature, choice.as_str().unwrap()));
            scope = overridden.unwrap_or(scope);
        }
        let variant: Option<Arc<str>> =
            scope.enter(|| program.flags.variant(input["flag"].as_str().unwrap(), &subject));
        assert_eq!(json!(variant.as_deref()), *vector.right(), "{}", vector.id);
        count.add("chosen");
    }
    count.assert([("chosen", 8)]);
}
