//! Buckets of users.

use feats::flags::{flipper, flypper};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::vectors::{Count, vectors};

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    kwargs: &'a RawValue,
    key_whitelist: Vec<String>,
}

#[derive(Deserialize)]
struct Users {
    from: u32,
    to: u32,
}

#[derive(Deserialize)]
struct Actor {
    actor_id: String,
}

#[test]
fn nested_values_are_hashed_in_the_order_of_their_text_and_integers_with_all_digits() {
    let bucket = |keywords: &str| flipper::bucket(&[], keywords);
    assert_eq!([bucket(r#"{"x": {"b": 1, "a": 2}}"#), bucket(r#"{"x": {"a": 2, "b": 1}}"#)], [Some(82), Some(16)]);
    assert_eq!(bucket(r#"{"b": 3, "x": {"b": 0, "a": 2, "b": 1}, "b": 4}"#), bucket(r#"{"x":{"b":1,"a":2},"b":4}"#));
    assert_eq!(bucket(r#"{"x": 1000000000000000000000000000001}"#), Some(85));
    assert_ne!(
        bucket(r#"{"x": 1000000000000000000000000000001}"#),
        bucket(r#"{"x": 1000000000000000000000000000000}"#)
    );
}

#[test]
fn users_have_their_bucket_of_flipper() {
    let Some(vectors) = vectors("flipper.hash") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let call: Call<'_> = vector.input();
        let keys: Vec<&str> = call.key_whitelist.iter().map(String::as_str).collect();
        let bucket = flipper::bucket(&keys, call.kwargs.get());
        assert_eq!(bucket.map(u64::from), vector.result()["bucket"].as_u64(), "{}", vector.id);
        count.add("bucket");
    }
    count.assert([("bucket", 44)]);
}

#[test]
fn ten_thousand_users_have_their_bucket_of_flipper() {
    let Some(vectors) = vectors("flipper.hash_bulk") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let Users { from, to } = vector.input();
        let bucket = |id| flipper::bucket(&["user_id"], &format!(r#"{{"user_id": {id}}}"#)).expect("a bucket");
        let buckets: Vec<u32> = (from..=to).map(bucket).collect();
        let bytes: Vec<u8> = buckets.iter().map(|bucket| u8::try_from(*bucket).expect("less than 100")).collect();
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let expected = vector.result();
        assert_eq!(digest, expected["sha256"].as_str().expect("a digest"));
        assert_eq!(serde_json::json!(buckets[..50]), expected["first50"]);
        for (limit, key) in [(10, "count_le_10"), (50, "count_le_50"), (90, "count_le_90")] {
            assert_eq!(
                buckets.iter().filter(|bucket| **bucket <= limit).count() as u64,
                expected[key].as_u64().expect(key)
            );
            count.add("count");
        }
    }
    count.assert([("count", 3)]);
}

#[test]
fn actors_have_their_bucket_of_flypper() {
    let Some(vectors) = vectors("flypper.actor_bucket") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let Actor { actor_id } = vector.input();
        let bucket = flypper::bucket(&actor_id);
        assert_eq!(Some(u64::from(bucket)), vector.result()["bucket"].as_u64(), "{}", vector.id);
        count.add("bucket");
    }
    count.assert([("bucket", 6)]);
}
