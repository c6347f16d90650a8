//! What Flipper's stores keep.

use feats::ErrorKind;
use feats::flags::flipper::Item;
use serde_json::{Value as Json, json};

use crate::vectors::{Count, vectors};

/// Returns the text of an item with this metadata, and the date of its creation.
fn text(key: &str, value: &Json) -> String {
    json!({ "feature_name": "f", "is_enabled": true, "meta": { "created_date": 1, key: value } }).to_string()
}

fn written(item: &Item) -> Json {
    serde_json::from_str(&item.to_json()).expect("JSON")
}

#[test]
fn an_item_is_written_byte_for_byte_as_flipper_writes_it() {
    let Some(vectors) = vectors("flipper.item_serialize") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let text = vector.result().as_str().expect("text");
        let item = Item::from_json(text).expect(text);
        assert_eq!(item.to_json(), text, "{}", vector.id);
        let input: Json = vector.input();
        assert_eq!(
            (json!(item.name()), json!(item.is_enabled())),
            (input["feature_name"].clone(), input["is_enabled"].clone())
        );
        count.add("text");
    }
    count.assert([("text", 5)]);
}

#[test]
fn an_item_is_read_as_flipper_reads_it() {
    let Some(vectors) = vectors("flipper.item_deserialize") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let input: Json = vector.input();
        let item = Item::from_json(input["text"].as_str().expect("text"));
        match vector.error() {
            Some(error) => {
                assert_eq!((error, item.expect_err("not JSON").kind()), ("JSONDecodeError", ErrorKind::Invalid));
                count.add("refused");
            }
            None => {
                assert_eq!(written(&item.expect("an item")), *vector.result(), "{}", vector.id);
                count.add("read");
            }
        }
    }
    count.assert([("read", 3), ("refused", 1)]);
}

#[test]
fn a_condition_is_kept_as_flipper_stores_it() {
    let Some(vectors) = vectors("flipper.condition_to_dict") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let item = Item::from_json(&text("conditions", &json!([vector.result()]))).expect("an item");
        assert_eq!(written(&item)["meta"]["conditions"][0], *vector.result(), "{}", vector.id);
        count.add("condition");
    }
    count.assert([("condition", 4)]);
}

#[test]
fn a_bucketer_has_flippers_defaults() {
    let Some(vectors) = vectors("flipper.bucketer_from_dict") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let input: Json = vector.input();
        let item = Item::from_json(&text("bucketer", &input["fields"]));
        if let Some(error) = vector.error() {
            let refused = item.expect_err(error);
            let path = refused.problems()[0].path();
            assert!(["meta.bucketer.type", "meta.bucketer.percentage.type"].contains(&path), "{refused}");
            count.add("refused");
            continue;
        }
        let mut expected = vector.result().clone();
        if input["fields"]["percentage"]["initial_time"] == Json::Null
            && let Some(percentage) = expected["percentage"].as_object_mut()
            && percentage.remove("initial_time").is_some()
        {
            // Flipper starts such a ramp again whenever it reads the item, and writes that time.
            count.add("without a start");
        }
        assert_eq!(written(&item.expect("an item"))["meta"]["bucketer"], expected, "{}", vector.id);
        count.add("read");
    }
    count.assert([("read", 3), ("refused", 3), ("without a start", 1)]);
}

#[test]
fn an_item_keeps_the_order_of_its_client_data_and_all_digits() {
    let data =
        r#"{"z": 1, "a": [100000000000000000000000000000001, 1e+16, -0.0, 0.1], "m": {"y": null, "b": "\u00e9"}}"#;
    let text = format!(
        r#"{{"feature_name": "f", "is_enabled": true, "meta": {{"client_data": {data}, "created_date": 1, "conditions": [], "bucketer": {{"type": "NoOpBucketer"}}}}}}"#
    );
    assert_eq!(Item::from_json(&text).expect("an item").to_json(), text);
}
