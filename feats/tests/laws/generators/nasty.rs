//! Malformed states: JSON with the words of states in arbitrary order, and states with replaced parts.

use feats::model::Operator;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value as Json, json};

use super::state;
use super::values::text;
use crate::world::NAMES;

/// Generates JSON with the words of states in arbitrary order.
pub(crate) fn any_json() -> impl Strategy<Value = Json> {
    let words = || {
        let operators = Operator::NAMES.to_vec();
        let fields = "pinned overrides rules otherwise segment of values use name when select static rollout by seed \
                      weights slots ramp start duration from all any not attribute Country UserId random 3h";
        select([fields.split_whitespace().collect(), operators, NAMES.to_vec()].concat()).prop_map(str::to_owned)
    };
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        select(vec![0, 1, 100, 500_000, 1_000_000, i64::from(u32::MAX)]).prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        words().prop_map(Json::from),
        text().prop_map(Json::from),
        Just(json!([["acme", 1_000_000, 1]])),
        Just(json!([["acme", u32::MAX, 1], ["zeta", u32::MAX, u64::MAX]])),
    ];
    leaf.prop_recursive(6, 48, 6, move |part| {
        prop_oneof![
            vec(part.clone(), 0..6).prop_map(Json::from),
            vec((words(), part), 0..6).prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

/// Returns the part of a JSON value at a position in document order.
fn part<'j>(json: &'j mut Json, position: &mut usize) -> Option<&'j mut Json> {
    if *position == 0 {
        return Some(json);
    }
    *position -= 1;
    match json {
        Json::Array(items) => items.iter_mut().find_map(|item| part(item, position)),
        Json::Object(fields) => fields.values_mut().find_map(|field| part(field, position)),
        _ => None,
    }
}

fn size(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Json::Object(fields) => 1 + fields.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// Generates a state in which some parts are replaced.
pub(crate) fn damaged() -> impl Strategy<Value = Json> {
    (state(), vec((any::<Index>(), any_json()), 1..3)).prop_map(|(state, damages)| {
        let mut json = state.to_json();
        for (at, damage) in damages {
            let mut position = at.index(size(&json));
            if let Some(part) = part(&mut json, &mut position) {
                *part = damage;
            }
        }
        json
    })
}
