//! The bucket of a subject in Flipper.

use crate::flags::ordered_json::{Json, parse};

/// Returns the bucket, from 0 to 99, in which Flipper puts the subject of a call with these keywords, given as the text of a JSON
/// object. An empty list of keys means all keywords. `None` if the text is not a JSON object of at most 4 MiB.
///
/// ```
/// use feats::flags::flipper;
///
/// assert_eq!(flipper::bucket(&["user_id"], r#"{"user_id": 1, "ignored": true}"#), Some(48));
/// assert_eq!(flipper::bucket(&[], r#"{"x": {"b": 1, "a": 2}}"#), Some(82));
/// assert_eq!(flipper::bucket(&["user_id"], "{}"), Some(32));
/// ```
pub fn bucket(keys: &[&str], keywords_json: &str) -> Option<u32> {
    let Json::Object(keywords) = parse(keywords_json).ok()? else { return None };
    let mut pairs: Vec<(String, Json)> =
        keywords.into_iter().filter(|(key, _)| keys.is_empty() || keys.contains(&key.as_str())).collect();
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    let pairs = pairs.into_iter().map(|(key, value)| Json::List(vec![Json::Text(key), value]));
    let hashed = Json::List(pairs.collect()).to_python();
    Some(crate::bucketing::flipper::bucket_of(hashed.as_bytes()))
}
