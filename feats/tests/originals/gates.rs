//! Flags of Flypper, imported.

use feats::flags::flypper::Flag;
use serde_json::{Value as Json, json};

use crate::vectors::{Count, attributes, flags_at, vectors};

#[tokio::test]
async fn a_flag_decides_as_in_flypper() {
    let Some(vectors) = vectors("flypper.flag") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let input: Json = vector.input();
        let mut flag = input["flag"].clone();
        flag["updated_at"] = json!(1.5);
        flag["version"] = json!(1);
        let (flags, _) = flags_at(None).await;
        flags.import(Flag::from_json(&flag.to_string()).expect("a flag")).await.expect(&vector.id);
        let is_enabled = flags.is_enabled("test", &attributes(&input["entries"]));
        assert_eq!(json!(is_enabled), *vector.result(), "{}", vector.id);
        count.add("decided");
    }
    count.assert([("decided", 21)]);
}
