//! Functions that run only when a boolean feature or a flag is enabled.

mod methods;
mod names;
mod outputs;
mod parameters;

use feats::testing;

use crate::{User, ada};

#[feats::boolean]
fn On() -> bool {
    true
}

#[feats::boolean]
fn Canadian(user: &User) -> bool {
    user.country == "CA"
}

#[feats::boolean]
fn Named(user: &User, name: &str, _order: u64) -> bool {
    user.country == name
}

#[feats::boolean]
async fn Later(user: &User) -> bool {
    user.country == "CA"
}

fn plain(name: &str) -> String {
    format!("plain {name}")
}

#[feats::when_enabled(On, otherwise = plain)]
fn fancy(name: &str) -> String {
    format!("fancy {name}")
}

#[feats::when_enabled(On)]
fn maybe(name: &str) -> String {
    if name.is_empty() {
        return "early".to_owned();
    }
    format!("maybe {name}")
}

#[test]
fn the_other_function_replaces_a_disabled_one() {
    assert_eq!(fancy("Ada"), "fancy Ada");
    testing::with(On::Disabled, || assert_eq!(fancy("Ada"), "plain Ada"));
}

#[test]
fn without_another_function_the_result_is_optional() {
    assert_eq!((maybe("Ada"), maybe("")), (Some("maybe Ada".to_owned()), Some("early".to_owned())));
    testing::with(On::Disabled, || assert_eq!(maybe("Ada"), None));
}

fn us() -> User {
    User { country: "US".to_owned(), ..ada() }
}

/// The condition borrows what the body takes.
#[feats::when_enabled(Canadian(&user))]
fn taken(user: User, mut items: Vec<u8>) -> (User, usize) {
    items.push(1);
    (user, items.len())
}

#[feats::when_enabled(self::Named(user, &format!("{}A", "C"), 2 * 3), otherwise = sum)]
fn several(user: &User, _: u8, (a, b): (u8, u8)) -> u64 {
    user.id + u64::from(a) + u64::from(b)
}

fn sum(_user: &User, c: u8, (a, b): (u8, u8)) -> u64 {
    100 + u64::from(a) + u64::from(b) + u64::from(c)
}

#[test]
fn conditions_use_the_parameters_and_do_not_take_them() {
    assert_eq!(taken(ada(), vec![]).map(|(user, count)| (user.id, count)), Some((1, 1)));
    assert!(taken(us(), vec![]).is_none());
    assert_eq!((several(&ada(), 3, (1, 2)), several(&us(), 3, (1, 2))), (4, 106));
}

#[feats::when_enabled(Later(user), otherwise = waits_less)]
async fn waits(user: &User) -> &'static str {
    tokio::task::yield_now().await;
    if user.country == "CA" {
        return "waited in Canada";
    }
    "waited"
}

async fn waits_less(_user: &User) -> &'static str {
    "did not wait"
}

/// Futures of functions with a condition can move to another thread.
#[tokio::test(flavor = "multi_thread")]
async fn async_functions_await_the_condition_and_the_other_function() {
    let task = tokio::spawn(async { (waits(&ada()).await, waits(&us()).await) });
    assert_eq!(task.await.expect("no panic"), ("waited in Canada", "did not wait"));
    assert_eq!(testing::with_async(Later::Enabled, waits(&us())).await, "waited");
}

#[feats::when_enabled("NEW_CHECKOUT", attributes = feats::attributes! { "user_id" => id }, otherwise = old_checkout)]
fn checkout(id: u64) -> String {
    format!("new {id}")
}

fn old_checkout(id: u64) -> String {
    format!("old {id}")
}

#[test]
fn without_an_app_flags_are_disabled() {
    assert_eq!(checkout(1), "old 1");
}
