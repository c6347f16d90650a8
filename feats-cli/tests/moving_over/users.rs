//! The users: values of every kind, some of which are missing.

use feats::Attributes;
use serde_json::{Map, Value as Json};

/// A user.
#[derive(Debug)]
pub struct User {
    /// The attributes as JSON, for the originals.
    pub json: Map<String, Json>,
    pub attributes: Attributes<'static>,
}

/// Returns 10 000 users.
pub fn users() -> Vec<User> {
    (0..10_000).map(|n| User::new(attributes_of(n))).collect()
}

impl User {
    fn new(json: Map<String, Json>) -> Self {
        let mut attributes = Attributes::new();
        for (name, value) in &json {
            match value {
                Json::Bool(value) => attributes.insert(name.clone(), *value),
                Json::Number(number) => match number.as_i64() {
                    Some(value) => attributes.insert(name.clone(), value),
                    None => attributes.insert(name.clone(), number.as_f64().expect("a float")),
                },
                Json::String(value) => attributes.insert(name.clone(), value.clone()),
                other => panic!("{other} is not an attribute"),
            }
        }
        Self { json, attributes }
    }
}

fn attributes_of(n: i64) -> Map<String, Json> {
    const PLANS: [&str; 5] = ["free", "pro", "größer", "日本", "m"];
    let plan = PLANS[usize::try_from(n % 5).expect("an index")];
    let account = match n % 7 {
        0 => format!("größe {n}"),
        1 => format!("日本 {n}"),
        2 => format!("🎉 {n}"),
        3 => format!("\"{n}\\\u{7f}\u{1}/"),
        _ => format!("account {n}"),
    };
    let score = match n % 6 {
        0 => n as f64,
        1 => n as f64 * 1e18,
        2 => -n as f64 / 3.0,
        3 => n as f64 * 1e-9,
        _ => (n % 200) as f64 / 200.0,
    };
    let all: [(&str, Json); 8] = [
        ("user_id", if n % 11 == 0 { Json::from(-n * 1_000_003) } else { Json::from(n) }),
        ("account", account.into()),
        ("tenant", format!("tenant {}", n % 9).into()),
        ("plan", plan.into()),
        ("horses", (n * 7 % 10_000).into()),
        ("score", score.into()),
        ("is_admin", (n % 3 == 0).into()),
        ("größe", format!("{}", n % 1_000).into()),
    ];
    // Every user lacks some attributes, but has at least one.
    let has = |index: usize| n % 13 != index as i64;
    all.into_iter()
        .enumerate()
        .filter(|(index, _)| has(*index))
        .map(|(_, (name, value))| (name.to_owned(), value))
        .collect()
}
