//! Items of the service as items of Flipper, and back.

use super::service::{ConditionCheck, ConditionOperator, FeatureFlagStoreItem, FeatureFlagStoreMeta};
use crate::error::{Error, Problem, Result};
use crate::flags::flipper::{Condition, Item};
use crate::flags::ordered_json::{Json, Number, parse};

/// Reads an item as flipper-client does: each check is a condition of its own.
///
/// # Errors
/// [`Invalid`](crate::ErrorKind::Invalid): all problems, with their paths.
pub(super) fn from_wire(wire: &FeatureFlagStoreItem) -> Result<Item> {
    let FeatureFlagStoreItem { feature_name, is_enabled, meta } = wire;
    let mut item = Vec::new();
    item.extend(feature_name.as_ref().map(|name| ("feature_name", Json::from(name.as_str()))));
    item.extend(is_enabled.map(|is_enabled| ("is_enabled", is_enabled.into())));
    if let Some(meta) = meta {
        item.push(("meta", read_meta(meta)?));
    }
    Item::from_parsed(&fields(item))
}

/// Reads the metadata of a flag with this name and setting.
///
/// # Errors
/// [`Invalid`](crate::ErrorKind::Invalid): all problems, with their paths.
pub(super) fn from_meta(name: &str, is_enabled: bool, meta: &FeatureFlagStoreMeta) -> Result<Item> {
    let meta = Some(meta.clone());
    from_wire(&FeatureFlagStoreItem { feature_name: Some(name.to_owned()), is_enabled: Some(is_enabled), meta })
}

fn read_meta(wire: &FeatureFlagStoreMeta) -> Result<Json> {
    let FeatureFlagStoreMeta { created_date, client_data, conditions, bucketer } = wire;
    let mut meta = Vec::new();
    meta.extend(created_date.map(|date| ("created_date", Json::from(Number::from(date)))));
    if let Some(text) = client_data {
        meta.push(("client_data", value("meta.client_data", text)?));
    }
    if let Some(text) = bucketer {
        meta.push(("bucketer", value("meta.bucketer", text)?));
    }
    let checks = conditions.iter().flatten().flat_map(|condition| condition.values().flatten());
    let conditions = checks.enumerate().map(|(index, check)| read_check(index, check));
    meta.push(("conditions", Json::List(conditions.collect::<Result<_>>()?)));
    Ok(fields(meta))
}

fn read_check(index: usize, wire: &ConditionCheck) -> Result<Json> {
    let mut check = Vec::new();
    let variable = wire.variable.clone().unwrap_or_default();
    check.extend(wire.variable.as_ref().map(|variable| ("variable", Json::from(variable.as_str()))));
    if let Some(text) = &wire.value {
        check.push(("value", value(&format!("meta.conditions[{index}].value"), text)?));
    }
    let symbol = wire.operator.as_ref().and_then(|operator| operator.symbol.as_deref());
    check.push(("operator", symbol.map_or(Json::Null, Json::from)));
    Ok(Json::Object([(variable, Json::List(vec![fields(check)]))].into_iter().collect()))
}

fn fields(fields: Vec<(&str, Json)>) -> Json {
    Json::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn value(path: &str, text: &str) -> Result<Json> {
    parse(text).map_err(|problem| Error::invalid(vec![Problem::new(path, problem.message())]))
}

/// Returns the item in the form of the service.
pub(super) fn to_wire(item: &Item) -> FeatureFlagStoreItem {
    FeatureFlagStoreItem {
        feature_name: Some(item.name.clone()),
        is_enabled: Some(item.is_enabled),
        meta: Some(to_meta(item)),
    }
}

/// Returns the metadata of an item in the form of the service.
pub(super) fn to_meta(item: &Item) -> FeatureFlagStoreMeta {
    #[allow(clippy::cast_possible_truncation, reason = "seconds since 1970, checked to be a time")]
    let created_date = item.created_date.to_f64() as i64;
    FeatureFlagStoreMeta {
        created_date: Some(created_date),
        client_data: Some(client_data(item)),
        conditions: Some(item.conditions.iter().map(write_condition).collect()),
        bucketer: Some(item.bucketer.to_json().to_python()),
    }
}

/// Returns the client data of an item as JSON text.
pub(super) fn client_data(item: &Item) -> String {
    Json::Object(item.client_data.clone()).to_python()
}

fn write_condition(condition: &Condition) -> super::service::Condition {
    let checks = condition.0.iter().map(|(variable, checks)| {
        let checks = checks.iter().map(|check| ConditionCheck {
            variable: Some(variable.clone()),
            value: Some(check.operand.to_python()),
            // flipper-client reads the symbol of every check.
            operator: Some(ConditionOperator { symbol: check.operator.as_str().map(str::to_owned) }),
        });
        (variable.clone(), checks.collect())
    });
    checks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"feature_name": "F", "is_enabled": true, "meta": {"client_data": {"b": 1, "a": [1.50, null]}, "created_date": 1514764800, "conditions": [{"plan": [{"variable": "plan", "value": "pro", "operator": null}]}, {"age": [{"variable": "age", "value": 18, "operator": "gte"}]}], "bucketer": {"type": "ConsistentHashPercentageBucketer", "percentage": {"type": "Percentage", "value": 0.5}, "key_whitelist": ["user_id"]}}}"#;

    #[test]
    fn an_item_survives_the_service_unchanged() {
        let item = Item::from_json(TEXT).expect("an item");
        assert_eq!(from_wire(&to_wire(&item)).expect("readable"), item);
    }

    #[test]
    fn problems_have_the_paths_of_the_item() {
        let mut wire = to_wire(&Item::from_json(TEXT).expect("an item"));
        wire.is_enabled = None;
        assert!(from_wire(&wire).expect_err("incomplete").to_string().contains("is_enabled: this field is required"));
        let meta = wire.meta.as_mut().expect("metadata");
        meta.bucketer = Some("{".to_owned());
        assert!(from_wire(&wire).expect_err("not JSON").to_string().contains("meta.bucketer: this is not JSON"));
        assert!(from_wire(&FeatureFlagStoreItem::default()).is_err());
    }
}
